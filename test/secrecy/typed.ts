import { goodCard } from "../support/world.ts";

/** The numbers and the code with which the run pays, and which it types in wrong places. */
export const PAN = goodCard.pan;
export const OTHER = "5571135571135575";
export const CVC = "731";

const groupsOf = (pan: string) => pan.match(/.{4}/g)!;
export const grouped = groupsOf(PAN).join(" ");
export const MASK = "435508******4358";

const spelled = (gaps: readonly string[]): readonly string[] =>
  [PAN, OTHER].flatMap((pan) => gaps.map((gap) => groupsOf(pan).join(gap)));

/** Both numbers as people write them. */
export const written = spelled(["", " ", "-", ".", ",", "/", "\u00a0", "&nbsp;"]);
/** And as addresses tell them. */
export const escaped = [...spelled(["+", "%20", "%2D"]), PAN.replace("4", "%34")];
