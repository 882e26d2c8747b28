/** A firm's picture that cannot be loaded leaves no empty place. */
export function hideBrokenLogo(): void {
  const logo = document.getElementById("logo");
  if (!(logo instanceof HTMLImageElement)) return;
  const hide = () => logo.remove();
  if (logo.complete && logo.naturalWidth === 0) hide();
  else logo.addEventListener("error", hide);
}
