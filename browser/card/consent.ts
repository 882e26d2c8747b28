/**
 * The box by which a payer agrees to more than one payment, where the page has one: its sentence is
 * in the page and shown when it is missed.
 */
export function findConsent(): Readonly<{ isGiven(): boolean; focus(): void; clear(): void }> {
  const box = document.getElementById("accept");
  const line = document.getElementById("accept-error");
  const show = (isMissed: boolean) => {
    if (isMissed) box?.setAttribute("aria-invalid", "true");
    else box?.removeAttribute("aria-invalid");
    if (line) line.hidden = !isMissed;
  };
  box?.addEventListener("change", () => show(false));
  return {
    isGiven(): boolean {
      const isGiven = !(box instanceof HTMLInputElement) || box.checked;
      show(!isGiven);
      return isGiven;
    },
    focus: () => box?.focus(),
    /** Who comes back by the back button agrees anew. */
    clear(): void {
      if (box instanceof HTMLInputElement) box.checked = false;
      show(false);
    },
  };
}
