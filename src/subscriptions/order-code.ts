import { randomBytes } from "node:crypto";
import { SESSION_MS } from "../checkout/session.rules.ts";
import { after } from "../lib/clock.ts";
import type { Locale } from "../lib/messages/index.ts";
import { refuse } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { checkCode, findCode, handProofOn, type KnownCode, sendCode } from "../messaging/index.ts";
import type { SubscriptionsDeps } from "./deps.ts";
import type { Subscription } from "./subscription.rules.ts";

/**
 * The code that proves a payer's phone before a card is taken. It is sent for the order, so that
 * nobody who has the page's address can have many sent; what it proves belongs to the visit of the
 * page in which it was typed, which nobody else knows.
 */

const VISIT_BYTES = 16;
const VISIT = /^[\w-]{22}$/;

/** A name for a browser's visit of a page: the one that it came with, else a new one. */
export const visitOf = (sent: string | undefined): string =>
  sent !== undefined && VISIT.test(sent) ? sent : randomBytes(VISIT_BYTES).toString("base64url");

const sentFor = ({ id }: Subscription) => ({ purpose: "subscription", session: id }) as const;
const provenIn = ({ id }: Subscription, visit: string) =>
  ({ purpose: "subscription", session: `${id}:${visit}` }) as const;

export type CodeStep =
  | Readonly<{ kind: "none" }>
  /** One was sent: how often it may be typed, and in how many seconds another one is sent. */
  | Readonly<{ kind: "sent"; left: number; waitSeconds: number }>
  /** So many were sent or guessed today that no more are, before `until`. */
  | Readonly<{ kind: "over"; until: Date }>
  | Readonly<{ kind: "proven" }>;

/** Long enough for a card that is entered now to be stored when its holder is back. */
const lasts = (known: KnownCode | undefined, now: Date): boolean =>
  known?.provenUntil !== undefined && known.provenUntil >= after(now, SESSION_MS);

/** How far a visit is with its code. */
export async function codeStepOf(
  deps: Pick<SubscriptionsDeps, "db" | "clock">,
  merchant: Merchant,
  order: Subscription,
  visit: string,
): Promise<CodeStep> {
  const now = timeOf(merchant, deps.clock());
  if (lasts(await findCode(deps, merchant, provenIn(order, visit)), now)) return { kind: "proven" };
  const sent = await findCode(deps, merchant, sentFor(order));
  if (sent?.dayOverUntil) return { kind: "over", until: sent.dayOverUntil };
  if (!sent || sent.expiresAt <= now) return { kind: "none" };
  const waitSeconds = Math.ceil((sent.expiresAt.getTime() - now.getTime()) / 1_000);
  return { kind: "sent", left: sent.left, waitSeconds };
}

/** Sends a code to the order's phone. Refuses `code_too_early` and `day_limit_reached`. */
export async function sendOrderCode(
  deps: Pick<SubscriptionsDeps, "db" | "clock" | "ring">,
  merchant: Merchant,
  order: Subscription,
  locale: Locale,
): Promise<void> {
  await sendCode(deps, merchant, { ...sentFor(order), phone: order.terms.phone }, locale);
}

/**
 * Takes a code that was typed in a visit. Twice does no harm. Refuses `code_wrong`,
 * `day_limit_reached`, and `code_expired`, also for one that another visit was quicker with.
 */
export async function proveVisit(
  deps: Pick<SubscriptionsDeps, "db" | "clock" | "ring">,
  merchant: Merchant,
  order: Subscription,
  typed: Readonly<{ visit: string; code: string }>,
): Promise<void> {
  const isProven = async () =>
    (await codeStepOf(deps, merchant, order, typed.visit)).kind === "proven";
  if (await isProven()) return;
  const { phone } = order.terms;
  await checkCode(deps, merchant, { ...sentFor(order), phone, code: typed.code });
  const to = provenIn(order, typed.visit).session;
  const isHanded = await handProofOn(deps, merchant, sentFor(order), to);
  if (!isHanded && !(await isProven())) refuse("code_expired", {});
}

/** The session of the code that a visit has proved the phone by. Refuses `code_needed`. */
export async function provenSession(
  deps: Pick<SubscriptionsDeps, "db" | "clock">,
  merchant: Merchant,
  order: Subscription,
  visit: string | undefined,
): Promise<string> {
  const known = visitOf(visit);
  const step = await codeStepOf(deps, merchant, order, known);
  return step.kind === "proven" ? provenIn(order, known).session : refuse("code_needed", {});
}
