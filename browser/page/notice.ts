import { openDialog } from "./dialog.ts";
import { pageLanguage } from "./language.ts";
import { pageTexts } from "./texts.ts";

/** Tells the payer what went wrong, in a small dialog with one button. */
export function showNotice(sentence: string): void {
  const texts = pageTexts[pageLanguage()];
  const { element, close } = openDialog({ label: texts.problem, kind: "notice" });
  const title = document.createElement("h2");
  title.textContent = texts.problem;
  const text = document.createElement("p");
  text.id = "text";
  text.textContent = sentence;
  const accept = document.createElement("button");
  accept.type = "button";
  accept.textContent = texts.accept;
  accept.addEventListener("click", close);
  element.setAttribute("role", "alertdialog");
  element.setAttribute("aria-describedby", text.id);
  element.append(title, text, accept);
  accept.focus();
}
