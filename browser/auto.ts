import { sayToParent } from "./page/parent.ts";

/** Sends the form `#auto` on its way; where scripts do not run its button does. */
const { dataset } = document.currentScript as HTMLScriptElement;
const form = document.getElementById("auto");

sayToParent(dataset["message"], dataset["origin"]);
if (form instanceof HTMLFormElement) HTMLFormElement.prototype.submit.call(form);
