import { addStyle } from "../page/dialog.ts";
import { pageLanguage } from "../page/language.ts";
import { pageTexts } from "../page/texts.ts";

/** The class that client pages style, and click by script. */
const BUTTON_CLASS = "paynetj-button";

/** Without specificity: any rule of the page wins. */
const buttonStyle = `
:where(.${BUTTON_CLASS}) {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-height: 48px;
  padding: 0 28px;
  border: 0;
  border-radius: 10px;
  background: #2447d8;
  color: #fff;
  font: 600 16px/1.2 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  cursor: pointer;
}
:where(.${BUTTON_CLASS}:hover) { background: #1d3ab4; }
:where(.${BUTTON_CLASS}:focus-visible) { outline: 3px solid #16181d; outline-offset: 2px; }
:where(.${BUTTON_CLASS}[aria-busy="true"]) { opacity: 0.65; cursor: progress; }
`;

/** Puts the pay button in the script's place, once. */
export function putButton(script: HTMLScriptElement, onClick: () => Promise<void>): void {
  if (script.nextElementSibling?.classList.contains(BUTTON_CLASS)) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = BUTTON_CLASS;
  button.textContent = script.dataset["button_label"] || pageTexts[pageLanguage()].pay;
  let isBusy = false;
  button.addEventListener("click", async () => {
    if (isBusy) return;
    isBusy = true;
    button.setAttribute("aria-busy", "true");
    try {
      await onClick();
    } finally {
      isBusy = false;
      button.removeAttribute("aria-busy");
    }
  });
  script.after(button);
}

export const styleButtons = (): void => addStyle(document, buttonStyle);
