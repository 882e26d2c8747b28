/** Marks of inputs and the members of `create_token` that they fill (seen in client pages). */
const wireNames = {
  number: "pan",
  installmentKey: "instalment_key",
  holderName: "card_holder",
  "exp-month": "month",
  "exp-year": "year",
  cvv: "cvc",
  desc: "description",
  phone: "card_holder_phone",
  email: "card_holder_mail",
  do3D: "do_3ds",
  "save-card": "save_card",
  "save-card-gsm": "save_card_gsm",
  "save-card-desc": "save_card_desc",
  "card-hash": "card_hash",
} as const;
type Mark = keyof typeof wireNames;
type WireName = (typeof wireNames)[Mark];

/** What stands in the marked inputs. A member that no input fills is not there. */
export type Model = Partial<Record<Exclude<WireName, "do_3ds" | "save_card">, string>> & {
  do_3ds?: boolean;
  save_card?: boolean;
};

/** An input as it is read; `isChecked` is of check boxes and radio buttons. */
export type MarkedInput = Readonly<{ mark: string; value: string; isChecked?: boolean }>;

const isMark = (mark: string): mark is Mark => Object.hasOwn(wireNames, mark);
const isTrue = (value: string): boolean => /^(?:true|1|on)$/i.test(value.trim());

/** Digits alone, for what is typed in groups. */
const numeric: ReadonlySet<WireName> = new Set(["pan", "month", "year", "cvc"]);

/**
 * Reads the inputs into a model. Of radio buttons the chosen one counts; a check box gives whether
 * it is ticked, a hidden input or a list gives its text.
 */
export function modelOf(inputs: readonly (MarkedInput & { type: string })[]): Model {
  const model: Record<string, string | boolean> = {};
  for (const { mark, value, isChecked, type } of inputs) {
    if (!isMark(mark)) continue;
    const name = wireNames[mark];
    if (type === "radio" && !isChecked) {
      model[name] ??= "";
    } else if (name === "do_3ds" || name === "save_card") {
      model[name] = type === "checkbox" ? Boolean(isChecked) : isTrue(value);
    } else {
      model[name] = numeric.has(name) ? value.replaceAll(/[\s\u00a0.-]/g, "") : value.trim();
    }
  }
  for (const name of ["do_3ds", "save_card"] as const) if (model[name] === "") model[name] = false;
  return model as Model;
}

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
const MARKED = "input[data-paynet], select[data-paynet], textarea[data-paynet]";

/** All of the page: forms of shops lie in pieces, and the form itself may be another one. */
const markedFields = (): Field[] => [...document.querySelectorAll<Field>(MARKED)];

export const readModel = (): Model =>
  modelOf(
    markedFields().map((field) => ({
      mark: field.dataset["paynet"] ?? "",
      value: field.value,
      type: field.type,
      isChecked: field instanceof HTMLInputElement && field.checked,
    })),
  );

/** Marks whose inputs hold the card itself. */
const cardMarks: ReadonlySet<string> = new Set<Mark>(["number", "exp-month", "exp-year", "cvv"]);

type Entry = readonly [name: string, value: unknown];
const digitsOf = (value: unknown): string =>
  typeof value === "string" && /^[\d\s-]+$/.test(value) ? value.replaceAll(/\D/g, "") : "";

/** Names of unmarked fields that hold the number, whole or one group each in a row. */
export function namesOfNumber(entries: readonly Entry[], pan: string): string[] {
  if (pan === "") return [];
  return entries.flatMap((_, start) => {
    let gathered = "";
    const names: string[] = [];
    for (const [name, value] of entries.slice(start)) {
      const digits = digitsOf(value);
      gathered += digits;
      names.push(name);
      if (gathered === pan) return names;
      if (digits === "" || !pan.startsWith(gathered)) return [];
    }
    return [];
  });
}

function cardNames(entries: readonly Entry[]): ReadonlySet<string> {
  const marked = markedFields().filter((field) => cardMarks.has(field.dataset["paynet"] ?? ""));
  const copies = namesOfNumber(entries, readModel().pan ?? "");
  return new Set([...marked.map((field) => field.name), ...copies]);
}

const watched = new WeakSet<HTMLFormElement>();

/** Takes the card out of everything that this form ever posts, by whomever it is submitted. */
export function keepCardHere(form: HTMLFormElement): void {
  if (watched.has(form)) return;
  watched.add(form);
  form.addEventListener("formdata", ({ formData }) => {
    for (const name of cardNames([...formData])) formData.delete(name);
  });
}

/** The same for browsers that tell nobody what they are about to post. */
export function unnameCard(form: HTMLFormElement): void {
  const fields = [...form.querySelectorAll<Field>("input[name], select[name], textarea[name]")];
  const names = cardNames(fields.map(({ name, value }) => [name, value]));
  for (const field of fields) if (names.has(field.name)) field.removeAttribute("name");
}
