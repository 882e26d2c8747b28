import type { FoundTry, Saved } from "../../../checkout/index.ts";
import { assert } from "../../../lib/assert.ts";
import { declineWords, type Locale, messages } from "../../../lib/messages/index.ts";
import { decimalText } from "../../../lib/money.ts";
import { readCallbackKey, readSale, tellSale } from "../../../marketplace/index.ts";
import type { Sale } from "../../../marketplace/sale.rules.ts";
import { timeOf } from "../../../merchants/merchant.rules.ts";
import type { Done } from "../../../payments/index.ts";
import { codeOfCard } from "../../../vault/index.ts";
import type { PaywallDeps } from "../deps.ts";
import { moment } from "../wire/formats.ts";
import { hashOf } from "../wire/hash.ts";
import { bankWords, guidOfPayment, plainCode } from "./payment.wire.ts";

/** How the way of a marketplace's payer ended: with an answer of the bank, or without a charge. */
type MarketEnd =
  | Readonly<{ kind: "charged"; done: Done; saved: Saved | undefined }>
  | Readonly<{ kind: "not_charged"; why: string; bankCode: string; bankMessage: string }>;

/** What the shop's page is posted, and where. */
type MarketForm = Readonly<{ url: string; fields: Readonly<Record<string, string>> }>;

type Said = Readonly<{
  isPaid: boolean;
  why: string;
  providerCode: string;
  bankCode: string;
  bankMessage: string;
}>;

const nothingSaid = { why: "", providerCode: "", bankCode: "", bankMessage: "" } as const;

function saidOf(end: MarketEnd, locale: Locale): Said {
  if (end.kind === "not_charged") {
    const code = plainCode(end.bankCode);
    const { why, bankMessage } = end;
    return { isPaid: false, why, providerCode: code, bankCode: code, bankMessage };
  }
  const { attempt } = end.done;
  if (attempt.status === "approved") return { isPaid: true, ...nothingSaid };
  const reason = attempt.declineReason ?? "unknown";
  const why = declineWords(messages[locale].declines, reason, attempt.bankMessage);
  return { isPaid: false, why, ...bankWords(attempt) };
}

/** What the shop is told; no success of money that goes back because nobody was told of it. */
async function toldOf(
  deps: PaywallDeps,
  merchant: FoundTry["merchant"],
  sale: Sale,
  end: MarketEnd,
  locale: Locale,
): Promise<Said> {
  const said = saidOf(end, locale);
  const isHold = end.kind === "charged" && end.done.attempt.kind === "hold";
  const status = said.isPaid ? (isHold ? "held" : "paid") : "failed";
  if (await tellSale(deps, merchant, sale, { taken: said.isPaid, status })) return said;
  return { isPaid: false, ...nothingSaid, why: messages[locale].in_doubt_here };
}

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/** A single payment is one instalment on this wire. */
const installmentOf = (instalments: number): string => String(Math.max(instalments, 1));

/**
 * The form that takes a payer of `start3d` back to the shop, and tells it how the payment ended.
 * `Success` of a `Half3D` says that the amount is held.
 */
export const marketForm =
  (deps: PaywallDeps) =>
  async (
    { merchant, session, token }: FoundTry,
    end: MarketEnd,
    locale: Locale,
  ): Promise<MarketForm> => {
    const sale = await readSale(deps.db.kysely, merchant.id, { sessionId: session.id });
    const { returnUrl, failUrl } = session.terms;
    assert(sale && returnUrl && failUrl, "a payer was sent to the bank for a sale that is stored");
    const said = await toldOf(deps, merchant, sale, end, locale);
    const { isPaid, why } = said;
    const now = timeOf(merchant, deps.clock());
    const wish = end.kind === "charged" ? end.saved : undefined;
    const saved = wish?.kind === "saved" ? wish.card : undefined;
    const amount = decimalText(sale.amountMinor);
    const installment = installmentOf(token.payment.instalments);
    const key = await readCallbackKey(deps, merchant.id, "3d");
    const hash = hashOf(key, [String(sale.number), sale.code, amount, installment]);
    const fields = {
      date: moment(now),
      status: isPaid ? "Success" : "Unsuccessful",
      errorCode: isPaid ? "0" : "1",
      errorMessage: base64(why),
      paymentCode: guidOfPayment(sale.paymentId),
      uniqueCode: sale.code,
      amount,
      installment,
      paymentId: String(sale.number),
      providerErrorCode: said.providerCode,
      providerErrorMessage: why,
      providerBankErrorCode: said.bankCode,
      providerBankErrorMessage: said.bankMessage,
      cardSaved: String(saved !== undefined),
      cardSavedUniqueCode: saved ? codeOfCard(deps.ring, merchant.id, saved.id, now) : "",
      ...(hash && { hash }),
    };
    return { url: isPaid ? returnUrl : failUrl, fields };
  };
