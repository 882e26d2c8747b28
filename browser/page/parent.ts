/** Says something to the page around this one, which alone is told: it may be a shop's. */
export function sayToParent(text: string | undefined, origin: string | undefined): void {
  if (text && origin && window.parent !== window) window.parent.postMessage(text, origin);
}
