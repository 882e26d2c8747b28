import { sayToParent } from "./page/parent.ts";

/** Sends the form `#auto` on its way; where scripts do not run its button does. */
const { dataset } = document.currentScript as HTMLScriptElement;
const form = document.getElementById("auto");

/** Milliseconds in which a page is read before it goes on; none where nothing is said. */
const wait = Number(dataset["wait"] ?? 0);

sayToParent(dataset["message"], dataset["origin"]);
if (form instanceof HTMLFormElement) {
  setTimeout(() => HTMLFormElement.prototype.submit.call(form), wait);
}
