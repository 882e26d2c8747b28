import { brandMark, knownBrand } from "./brand.ts";
import type { CardTexts } from "./texts.ts";

export type Stored = ReturnType<typeof findStored>;

/** Puts the marks of schemes where the server wrote their names. */
function drawMarks(): void {
  for (const mark of document.querySelectorAll<HTMLElement>("[data-brand].mark")) {
    const brand = knownBrand(mark.dataset["brand"]);
    if (brand) mark.innerHTML = brandMark(brand);
  }
}

/** The code of the chosen card, where the page asks for it. */
function findCode(texts: CardTexts) {
  const input = document.getElementById("stored_cvc");
  const line = document.getElementById("stored_cvc-error");
  const show = (problem: "cvc_missing" | "cvc_wrong" | undefined) => {
    if (problem) input?.setAttribute("aria-invalid", "true");
    else input?.removeAttribute("aria-invalid");
    if (!line) return;
    line.textContent = problem ? texts.problems[problem] : "";
    line.hidden = !problem;
  };
  input?.addEventListener("input", () => show(undefined));
  return {
    isRight(): boolean {
      if (!(input instanceof HTMLInputElement)) return true;
      const code = input.value.trim();
      const problem = code === "" ? "cvc_missing" : "cvc_wrong";
      const isRight = /^\d{3,4}$/.test(code);
      show(isRight ? undefined : problem);
      if (!isRight) input.focus();
      return isRight;
    },
    clear(): void {
      if (input instanceof HTMLInputElement) input.value = "";
      show(undefined);
    },
  };
}

/**
 * The choice between stored cards and one that is typed. What is typed is not sent along with a
 * stored card: a disabled input is no part of a form.
 */
export function findStored(form: HTMLFormElement, texts: CardTexts) {
  const code = findCode(texts);
  const typed = document.getElementById("new-card");
  const radios = [...form.querySelectorAll<HTMLInputElement>("input[name=card]")];
  const pick = () => radios.find(({ checked }) => checked)?.value ?? "";
  const show = () => {
    if (typed instanceof HTMLFieldSetElement) typed.disabled = pick() !== "";
  };
  drawMarks();
  show();
  return {
    /** By which the page's server knows the chosen card; empty for one that is typed. */
    pick,
    isRight: code.isRight,
    clear: code.clear,
    onChange(tell: () => void): void {
      const changed = () => {
        show();
        tell();
      };
      for (const radio of radios) radio.addEventListener("change", changed);
      // A browser puts an earlier choice back without telling of a change.
      if (radios.length > 0) window.addEventListener("pageshow", changed);
    },
  };
}
