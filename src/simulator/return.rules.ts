import type { Answer } from "./ask.rules.ts";
import type { Charset } from "./charset.rules.ts";
import type { Field } from "./form.rules.ts";
import type { Ending, MdStatus, Model } from "./threeds.rules.ts";

/** What can be wrong with the way back: by a fault rule, by an amount, or by the page's options. */
export const quirks = [
  "wrong_hash",
  "no_hash",
  "no_mdstatus",
  "mdstatus_01",
  "mdstatus_doubled",
  "wrong_amount",
  "wrong_order_id",
  "wrong_currency",
  "other_store",
  "duplicate_callback",
  "reorder_callback",
  "late_callback",
  "get_callback",
  "iso_8859_9",
] as const;
export type Quirk = (typeof quirks)[number];

/** One form that the browser sends to the merchant. */
export type Post = Readonly<{
  action: string;
  method: "POST" | "GET";
  charset: Charset;
  fields: readonly Field[];
}>;

/** The way back: its posts in their order, none where the bank never returns. */
export type Return = Readonly<{ posts: readonly Post[]; delayMs: number }>;

export const nowhere: Return = { posts: [], delayMs: 0 };

/** How late a late return is, where nobody says. Real milliseconds: the browser waits them. */
const LATE_MS = 10_000;

/** Orders the posts: `main` is where the browser ends, `failed` the same session told as failed. */
export function wayBack(
  main: Post,
  failed: () => Post,
  asked: ReadonlySet<Quirk>,
  lateMs: number | undefined,
): Return {
  const before = asked.has("reorder_callback") ? [failed()] : [];
  const twice = asked.has("duplicate_callback") ? [main] : [];
  const delayMs = asked.has("late_callback") ? (lateMs ?? LATE_MS) : 0;
  return { posts: [...before, ...twice, main], delayMs };
}

/** What a return tells, beside the fields that the merchant posted. */
export type Told = Readonly<{
  kept: readonly Field[];
  merchantNo: string;
  orderNo: string;
  model: Model;
  panMasked: string;
  brand: string;
  md: string;
  xid: string;
  /** Empty where nobody was authenticated, as `cavv` is. */
  eci: string;
  cavv: string;
  mdStatus: MdStatus;
  ending: Ending;
  clientIp: string;
  /** What became of the provision of the model `3d_pay`. */
  provision: Answer | undefined;
}>;

/** Who signs a return. */
export type Store = Readonly<{ merchantNo: string; storeKey: string }>;
