import type { Means, Pos } from "../index.ts";
import { openProof } from "./proof.ts";
import { xmlText } from "./request.ts";

const HIDDEN = "[hidden]";
/** Shorter texts occur by chance; their element is masked by its name instead. */
const SHORTEST_LITERAL = 4;

const maskedPan = (pan: string): string =>
  `${pan.slice(0, 6)}${"*".repeat(Math.max(0, pan.length - 10))}${pan.slice(-4)}`;

/** Thirteen to nineteen digits, also in groups of four. */
const cardNumbers = /(?<!\d)\d{4}([ -]?)\d{4}\1\d{4}\1\d{1,7}(?!\d)/g;

/** Keeps the first six and last four digits of whatever looks like a card number. */
export const withoutCardNumbers = (text: string): string =>
  text.replace(cardNumbers, (found) => maskedPan(found));

const writtenForms = (secret: string): string[] =>
  [secret, xmlText(secret)].flatMap((text) => {
    const percent = encodeURIComponent(text);
    return [text, percent, percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())];
  });

/** An element's content as written in a document, a page, a percent-encoded body and a form. */
const elementsOf = (names: string): readonly RegExp[] => [
  new RegExp(`(?<!/)\\b(${names})(>)[^<]*`, "gi"),
  new RegExp(`(?<!/)\\b(${names})(&gt;)(?:(?!&lt;)[^<])*`, "gi"),
  new RegExp(`(?<!%2F)(${names})(%3E)(?:(?!%3C)[^<\\s])*`, "gi"),
  new RegExp(`\\b(${names})(=)[^&<\\s]*`, "gi"),
];
const secretElements = elementsOf("Password|Cvv2Val|cv2|PayerAuthenticationCode|cavv");
/** With a proof the number is `md`, of which no digit may be kept. */
const proofElements = elementsOf("Number|md");

/** Texts of a call that stand for its card or its holder's consent. */
function literalsOf(means: Means | undefined): string[] {
  if (!means || "card" in means) return [];
  const { md, cavv } = openProof(means.proof);
  return [md, cavv];
}

/**
 * A request or reply as it may be kept: of a card number the first six and last four digits, of
 * card codes, 3-D proofs, passwords and keys nothing. A bank may quote our request back, also
 * percent-encoded.
 */
export function masked(text: string, pos: Pos, means?: Means): string {
  let kept = text;
  for (const secret of [pos.password.open(), pos.storeKey.open(), ...literalsOf(means)]) {
    if (secret.length < SHORTEST_LITERAL) continue;
    for (const form of writtenForms(secret)) kept = kept.replaceAll(form, HIDDEN);
  }
  const hasProof = means !== undefined && "proof" in means;
  for (const pattern of hasProof ? [...secretElements, ...proofElements] : secretElements) {
    kept = kept.replace(pattern, `$1$2${HIDDEN}`);
  }
  if (means && "card" in means) {
    const pan = means.card.pan.open();
    kept = kept.replaceAll(pan, maskedPan(pan));
  }
  return withoutCardNumbers(kept);
}
