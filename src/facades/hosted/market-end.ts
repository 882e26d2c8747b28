import type { FastifyReply } from "fastify";
import { type FoundTry, finish } from "../../checkout/index.ts";
import { html } from "../../lib/html.ts";
import { refusalText } from "../../lib/messages/index.ts";
import { Refusal, type RefusalCode } from "../../lib/refusal.ts";
import { isSettled } from "../../payments/payment.rules.ts";
import { payerWords } from "./card-texts.ts";
import type { HostedDeps, MarketEnd } from "./deps.ts";
import { type Line, message, postForm, whyDeclined } from "./message.ts";
import { type Sheet, sendPage } from "./page.ts";
import { type Ended, wordsOf } from "./return.ts";
import { texts } from "./texts.ts";

type At = Readonly<{
  reply: FastifyReply;
  sheet: Sheet;
  clientIp: string;
  /** The page's own address, without what a browser brought along. */
  path: string;
  /** How often this page has asked again by itself. */
  looks: number;
}>;

/** Long enough to read why a payment is not made before the shop's page takes over. */
const READ_MS = 5_000;
/** How often a page looks again by itself for what the bank has not said yet. */
const LOOK_AGAIN_SECONDS = 5;
const LOOKS_MAX = 24;
export const LOOKS = "looks";

/** Refusals after which nobody knows yet whether money was taken. */
const mayBePaid: ReadonlySet<RefusalCode> = new Set([
  "payment_in_doubt",
  "payment_busy",
  "temporarily_unavailable",
]);

/**
 * The bank has not said yet. The payer stays here, and the page asks again by itself: a shop that
 * were told of a failure now would have it paid twice, one that were told of a success would ship
 * for nothing.
 */
function wait(found: FoundTry, { reply, sheet, path, looks }: At) {
  const said = texts[sheet.locale];
  const again = `${path}?${LOOKS}=${looks + 1}`;
  if (looks < LOOKS_MAX) reply.header("refresh", `${LOOK_AGAIN_SECONDS};url=${again}`);
  const title = said.doubt_title;
  const lines = [said.doubt(found.merchant.name)];
  const more = html`<a class="pay" href="${again}">${said.look_again}</a>`;
  const body = message({ sign: "wait", title, lines, more });
  return sendPage(reply, sheet, { title, body, framing: "anywhere" });
}

type Words = Readonly<{ sign: "good" | "bad"; title: string; lines: readonly Line[] }>;

/** Takes the payer back to the shop, whose page is told how it ended. */
async function goBack(
  deps: HostedDeps,
  found: FoundTry,
  { reply, sheet }: At,
  end: MarketEnd,
  { sign, title, lines }: Words,
) {
  const said = texts[sheet.locale];
  const form = await deps.marketForm(found, end, sheet.locale);
  const isGood = sign === "good";
  const button = isGood ? said.continue : said.back_to_shop;
  const body = message({ sign, title, lines, more: postForm({ ...form, button, id: "auto" }) });
  const data = isGood ? undefined : { wait: String(READ_MS) };
  const scripts = [{ file: "auto.js", ...(data && { data }) }];
  return sendPage(reply, sheet, { title, body, scripts, framing: "anywhere" });
}

/** The bank lets the payer through: the payment is made now, or was by an earlier load. */
async function charge(deps: HostedDeps, found: FoundTry, at: At) {
  const said = texts[at.sheet.locale];
  const { done, saved } = await finish(deps.checkout, found, { clientIp: at.clientIp });
  const { attempt } = done;
  if (!isSettled(attempt)) return wait(found, at);
  const end = { kind: "charged", done, saved } as const;
  if (attempt.status === "declined") {
    const lines = [...whyDeclined(attempt, at.sheet.locale), said.not_taken];
    const words = { sign: "bad", title: said.declined_title, lines } as const;
    return goBack(deps, found, at, end, words);
  }
  const isHold = attempt.kind === "hold";
  const [title, line] = isHold
    ? [said.to_shop_title, said.to_shop]
    : [said.paid_title, said.to_shop_title];
  return goBack(deps, found, at, end, { sign: "good", title, lines: [line] });
}

/** Nothing was taken, or what was taken goes back: why, for the payer and for the shop. */
function notCharged(
  deps: HostedDeps,
  found: FoundTry,
  at: At,
  ended: Exclude<Ended, { kind: "authenticated" }>,
) {
  const { title, lines, told } = wordsOf(ended, at.sheet, found.session.kind);
  const token = ended.kind === "refused" ? ended.token : undefined;
  const bank = { bankCode: token?.bankCode ?? "", bankMessage: token?.bankMessage ?? "" };
  const end = { kind: "not_charged", why: told, ...bank } as const;
  return goBack(deps, found, at, end, { sign: "bad", title, lines });
}

/**
 * A marketplace's payer is back from the bank. The payment is made here and now, once, however
 * often the page is loaded; the shop's page is posted how it ended as soon as that is known.
 */
export async function sendMarketEnd(deps: HostedDeps, found: FoundTry, at: At, ended: Ended) {
  if (ended.kind === "in_doubt") return wait(found, at);
  if (ended.kind !== "authenticated") return notCharged(deps, found, at, ended);
  try {
    return await charge(deps, { ...found, token: ended.token }, at);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (mayBePaid.has(error.code)) return wait(found, at);
    if (error.code === "session_not_found") {
      return notCharged(deps, found, at, { kind: "expired" });
    }
    const { locale } = at.sheet;
    const why = refusalText(error, locale);
    const end = { kind: "not_charged", why, bankCode: "", bankMessage: "" } as const;
    const title = texts[locale].declined_title;
    const lines = [payerWords(error, locale)];
    return goBack(deps, found, at, end, { sign: "bad", title, lines });
  }
}
