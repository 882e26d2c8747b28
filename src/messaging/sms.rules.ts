import { escaped } from "./message.rules.ts";

/** How an SMS gateway wants to be asked. */
export type SmsSettings = Readonly<{
  url: string;
  method: "POST" | "PUT";
  headers: Readonly<Record<string, string>>;
  contentType: string;
  /** The body, with `{phone}` as `5XXXXXXXXX` and `{text}` in their places. */
  body: string;
}>;

type Spelling = (value: string) => string;

const json: Spelling = (value) => JSON.stringify(value).slice(1, -1);
const spellings: ReadonlyMap<string, Spelling> = new Map([
  ["application/json", json],
  ["application/x-www-form-urlencoded", encodeURIComponent],
  ["application/xml", escaped],
  ["text/xml", escaped],
  ["text/plain", (value) => value],
]);

/** How values are written within a body of this type; `undefined` for a type that is not known. */
const spellingOf = (contentType: string): Spelling | undefined =>
  spellings.get(contentType.split(";")[0]?.trim().toLowerCase() ?? "");

type Filling = Readonly<{ phone: string; text: string }>;

/** Puts both values into their places at once: a text that says `{phone}` stays as it is. */
export function filledBody({ body, contentType }: SmsSettings, values: Filling): string {
  const spell = spellingOf(contentType) ?? json;
  return body.replaceAll(/\{(phone|text)\}/g, (_place, name: keyof Filling) => spell(values[name]));
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** What is wrong with a template, as the end of a sentence; `undefined` when it can be used. */
export function templateProblem(body: string, contentType: string): string | undefined {
  const spell = spellingOf(contentType);
  if (!spell) return `is of a type that is not known: ${[...spellings.keys()].join(", ")} are`;
  const missing = ["{phone}", "{text}"].find((place) => !body.includes(place));
  if (missing) return `has no place for ${missing}`;
  const settings = { url: "", method: "POST", headers: {}, contentType, body } as const;
  const filled = filledBody(settings, { phone: "5321112233", text: 'a "b"\\\n{}' });
  if (spell === json && !isJson(filled)) {
    return 'is no JSON once it is filled; places stand within quotes, such as {"to":"{phone}"}';
  }
  return undefined;
}
