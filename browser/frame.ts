import { sayToParent } from "./page/parent.ts";

/** Of a page that a shop shows in an overlay: says what the tag names, to the origin it names. */
const { dataset } = document.currentScript as HTMLScriptElement;
const say = (text: string | undefined) => sayToParent(text, dataset["origin"]);

say(dataset["message"]);
document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>("[data-say]") : null;
  say(button?.dataset["say"]);
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") say(dataset["escape"]);
});
