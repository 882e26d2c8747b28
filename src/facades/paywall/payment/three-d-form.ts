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
import { guidOfPayment } from "./payment.wire.ts";

/** How the way of a marketplace's payer ended: with an answer of the bank, or without a charge. */
type MarketEnd =
  | Readonly<{ kind: "charged"; done: Done; saved: Saved | undefined }>
  | Readonly<{ kind: "not_charged"; why: string; bankCode: string; bankMessage: string }>;

/** What the shop's page is posted, and where. */
type MarketForm = Readonly<{ url: string; fields: Readonly<Record<string, string>> }>;

type Said = Readonly<{ isPaid: boolean; why: string; bankCode: string; bankMessage: string }>;

function saidOf(end: MarketEnd, locale: Locale): Said {
  if (end.kind === "not_charged") return { isPaid: false, ...end };
  const { status, declineReason, bankCode, bankMessage } = end.done.attempt;
  const isPaid = status === "approved";
  const why = declineWords(messages[locale].declines, declineReason ?? "unknown", bankMessage);
  const bank = { bankCode: bankCode ?? "", bankMessage: bankMessage ?? "" };
  return isPaid ? { isPaid, why: "", bankCode: "", bankMessage: "" } : { isPaid, why, ...bank };
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
  return { isPaid: false, why: messages[locale].in_doubt_here, bankCode: "", bankMessage: "" };
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
    const { isPaid, why, bankCode, bankMessage } = await toldOf(deps, merchant, sale, end, locale);
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
      providerErrorCode: bankCode,
      providerErrorMessage: why,
      providerBankErrorCode: bankCode,
      providerBankErrorMessage: bankMessage,
      cardSaved: String(saved !== undefined),
      cardSavedUniqueCode: saved ? codeOfCard(deps.ring, merchant.id, saved.id, now) : "",
      ...(hash && { hash }),
    };
    return { url: isPaid ? returnUrl : failUrl, fields };
  };
