import type { Answer, Ask } from "../ask.rules.ts";
import type { Charset } from "../charset.rules.ts";
import { nestpay } from "./nestpay/index.ts";
import type { Reply } from "./reply.rules.ts";

/** How one family of banks is spoken to. `read` and `write` are pure and never throw. */
export type Dialect = Readonly<{
  /** Paths after the bank's prefix, in lower case; a `page` is a browser's way in. */
  routes: Readonly<Record<string, "api" | "page">>;
  read(body: Buffer, contentType: string): Ask;
  /** `declared` is what the reply claims to be written in. */
  write(ask: Ask, orderNo: string, answer: Answer, declared: Charset): Reply;
  /** What this family's replies are written in. */
  charset: Charset;
}>;

export const dialects: Readonly<Record<string, Dialect>> = {
  nestpay,
};
