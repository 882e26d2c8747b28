import type { Answer, Ask, Problem } from "../ask.rules.ts";
import type { Charset } from "../charset.rules.ts";
import type { Field } from "../form.rules.ts";
import type { Quirk, Store, Told } from "../return.rules.ts";
import type { GateAsk } from "../threeds.rules.ts";
import { nestpay } from "./nestpay/index.ts";
import type { Reply } from "./reply.rules.ts";

/** How a family's 3-D forms are read, and its returns written and signed. Pure; never throws. */
export type Gate = Readonly<{
  read(form: readonly Field[]): GateAsk;
  /** Whether the form's own hash is right under the store's key. */
  isSigned(form: readonly Field[], storeKey: string): boolean;
  returned(told: Told): Field[];
  /** A form that cannot be accepted, with nobody asked. */
  refused(kept: readonly Field[], problem: Problem, pan: string): Field[];
  /** A form with a wrong hash. */
  forged(kept: readonly Field[]): Field[];
  sign(
    fields: readonly Field[],
    asked: ReadonlySet<Quirk>,
    stores: Readonly<{ own: Store; other: Store }>,
  ): Field[];
}>;

/** How one family of banks is spoken to. `read` and `write` are pure and never throw. */
export type Dialect = Readonly<{
  /** Paths after the bank's prefix, in lower case; a `gate` is a browser's way in. */
  routes: Readonly<Record<string, "api" | "gate">>;
  read(body: Buffer, contentType: string): Ask;
  /** `declared` is what the reply claims to be written in. */
  write(ask: Ask, orderNo: string, answer: Answer, declared: Charset): Reply;
  /** What this family's replies are written in. */
  charset: Charset;
  gate: Gate;
}>;

export const dialects: Readonly<Record<string, Dialect>> = {
  nestpay,
};
