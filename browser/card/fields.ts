import { watchPresses } from "./press.ts";
import { type FieldName, fieldNames, type Problem, problemsOf, type Typed } from "./problems.ts";
import type { CardTexts } from "./texts.ts";

export type Fields = ReturnType<typeof findFields>;

const inputOf = (name: FieldName): HTMLInputElement => {
  const input = document.getElementById(name);
  if (input instanceof HTMLInputElement) return input;
  throw new Error(`the page has no input #${name}`);
};

/** The inputs of the card, with the sentences under them. */
export function findFields(texts: CardTexts, today: () => Date) {
  const inputs = new Map(fieldNames.map((name) => [name, inputOf(name)]));
  const input = (name: FieldName) => inputs.get(name) as HTMLInputElement;
  const typed = () =>
    Object.fromEntries(fieldNames.map((name) => [name, input(name).value])) as Typed;

  const problems = () => {
    const now = today();
    return problemsOf(typed(), { month: now.getMonth() + 1, year: now.getFullYear() });
  };
  const show = (name: FieldName, problem: Problem | undefined) => {
    const line = document.getElementById(`${name}-error`);
    if (problem) input(name).setAttribute("aria-invalid", "true");
    else input(name).removeAttribute("aria-invalid");
    if (!line) return;
    line.textContent = problem ? texts.problems[problem] : "";
    line.hidden = !problem;
  };
  const presses = watchPresses();
  const tellIfTyped = (name: FieldName) => {
    if (input(name).value.trim()) show(name, problems()[name]);
  };
  const isShown = (name: FieldName) => input(name).getAttribute("aria-invalid") === "true";

  for (const name of fieldNames) {
    // An empty input is no mistake yet, and one that is being mended is told so at once.
    input(name).addEventListener("blur", () => presses.whenOver(() => tellIfTyped(name)));
    input(name).addEventListener("input", () => {
      if (isShown(name)) show(name, problems()[name]);
    });
  }
  return {
    input,
    /** Shows every problem, takes the payer to the first, and says whether there is none. */
    areRight(): boolean {
      const found = problems();
      for (const name of fieldNames) show(name, found[name]);
      const first = fieldNames.find((name) => found[name]);
      if (first) input(first).focus();
      return !first;
    },
    /** The card stays nowhere, not in the page that the back button brings either. */
    clear(): void {
      for (const name of fieldNames) {
        if (name !== "card_holder") input(name).value = "";
        show(name, undefined);
      }
    },
  };
}
