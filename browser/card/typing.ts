import { brandMark, brandOf } from "./brand.ts";
import { typeExpiry } from "./expiry.ts";
import type { Fields } from "./fields.ts";
import { digitsOf, regroup } from "./number.ts";
import { cvcLength } from "./problems.ts";
import type { CardTexts } from "./texts.ts";

const deletedBy = (event: Event): "backward" | "forward" | undefined => {
  const kind = (event as InputEvent).inputType;
  if (kind === "deleteContentBackward") return "backward";
  return kind === "deleteContentForward" ? "forward" : undefined;
};

/** Groups the number's digits while it is typed; `onDigits` hears of each change. */
export function groupWhileTyping(input: HTMLInputElement, onDigits: (digits: string) => void) {
  let before = digitsOf(input.value);
  input.addEventListener("input", (event) => {
    const caret = input.selectionStart ?? input.value.length;
    const made = regroup({ text: input.value, caret, before, deleted: deletedBy(event) });
    if (made.text !== input.value) {
      input.value = made.text;
      input.setSelectionRange(made.caret, made.caret);
    }
    const digits = digitsOf(made.text);
    if (digits !== before) onDigits(digits);
    before = digits;
  });
}

/** Writes the slash of the expiry for the payer, but only at the end: a caret must not jump. */
export function shapeExpiry(input: HTMLInputElement): void {
  const shape = (isDeleting: boolean) => {
    input.value = typeExpiry(input.value, isDeleting);
  };
  input.addEventListener("input", (event) => {
    if (input.selectionStart === input.value.length) shape(deletedBy(event) !== undefined);
  });
  input.addEventListener("change", () => shape(false));
}

/** The scheme's mark beside the number, and what its code looks like beside the code. */
export function showBrand(fields: Fields, texts: CardTexts): void {
  const brand = brandOf(digitsOf(fields.input("pan").value));
  const place = document.getElementById("brand");
  if (place && place.dataset["brand"] !== (brand ?? "")) {
    place.dataset["brand"] = brand ?? "";
    place.innerHTML = brand ? brandMark(brand) : "";
  }
  const length = cvcLength(fields.input("pan").value);
  fields.input("cvc").maxLength = length;
  const hint = document.getElementById("cvc-hint");
  if (hint) hint.textContent = length === 4 ? texts.cvc_hint_amex : texts.cvc_hint;
}
