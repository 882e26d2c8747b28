/**
 * Keeps the page still under a press: what moves away between its beginning and its end is not
 * clicked, and the payer would press again.
 */
export function watchPresses(): Readonly<{ whenOver(then: () => void): void }> {
  let isOn = false;
  const waiting: (() => void)[] = [];
  const end = () => {
    isOn = false;
    // The click comes right after the end of the press.
    setTimeout(() => {
      for (const then of waiting.splice(0)) then();
    });
  };
  document.addEventListener(
    "mousedown",
    () => {
      isOn = true;
    },
    true,
  );
  // A press that becomes a drag ends without the other event.
  for (const type of ["mouseup", "dragend"]) document.addEventListener(type, end, true);
  return {
    /** At once where nothing is pressed. */
    whenOver(then: () => void): void {
      if (isOn) waiting.push(then);
      else then();
    },
  };
}
