/** The longest wait that browsers count right. */
const WAIT_MAX_MS = 2 ** 31 - 1;

/**
 * A page with stored cards asks for itself again once its time is over, and is then told so: who
 * comes by later sees none of them. Also where the browser slept through the end, or kept the page
 * for its back button.
 */
export function endInTime(form: HTMLFormElement): void {
  const { lasts } = form.dataset;
  if (lasts === undefined) return;
  const end = Date.now() + Number(lasts);
  const look = () => {
    // By its own address: a page that answers a form would have that sent again.
    if (Date.now() >= end) location.replace(form.action);
  };
  setTimeout(look, Math.min(Math.max(Number(lasts), 0), WAIT_MAX_MS) + 1);
  window.addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", look);
}
