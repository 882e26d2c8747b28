import { after } from "../lib/clock.ts";
import type { AgentId, MerchantId, PaymentId, PosId } from "../lib/id.ts";
import type { Locale } from "../lib/messages/index.ts";
import type { Currency } from "../lib/money.ts";
import { type LinkState, refuse } from "../lib/refusal.ts";
import type { Terms } from "./session.rules.ts";

/** How long a link is good when nothing is said (Paynet's own clients send 24). */
export const HOURS_DEFAULT = 24;
/** A year. */
export const HOURS_MAX = 8_760;
const HOUR_MS = 60 * 60_000;

/** What a merchant asked for with a link beside its amount. Kept as JSON. */
export type LinkTerms = Readonly<{
  /** The payer's name, as the merchant knows it. */
  nameSurname?: string | undefined;
  /** Shown to the payer. */
  note?: string | undefined;
  /** Shown in the merchant's reports alone. */
  agentNote?: string | undefined;
  /** Who of the merchant's people made the link. */
  userName?: string | undefined;
  agentCode?: string | undefined;
  agentName?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  addCommission: boolean;
  /** The only numbers of instalments that are offered; absent: all there are. */
  instalments?: readonly number[] | undefined;
  /** The only programme whose cards are taken. */
  bankId?: string | undefined;
  /** Where the payer's browser goes after a success, and after a failure. */
  succeedUrl?: string | undefined;
  errorUrl?: string | undefined;
  /** Told in the background of every payment. */
  confirmationUrl?: string | undefined;
  sendMail: boolean;
  sendSms: boolean;
  /** Whether the payer gets an e-mail once the payment has succeeded. */
  sendConfirmationMail: boolean;
  hours: number;
  /** The language of what is written to the payer. */
  locale: Locale;
  /** An owner of the product's own naming: whose stored cards the page shows, and adds to. */
  house?: string | undefined;
  /** A keyed hash of the request that made the link, where that could be sent again. */
  askHash?: string | undefined;
}>;

/** The payment that paid a link; the newest of one that may be paid many times. */
export type PaidBy = Readonly<{ paymentId: PaymentId; posId: PosId; instalments: number }>;

export type Link = Readonly<{
  merchantId: MerchantId;
  /** A lower-case GUID: nobody can guess it, so it is the key to the page. */
  id: string;
  status: "waiting" | "paid" | "passive";
  reference: string;
  amountMinor: bigint;
  currency: Currency;
  agentId: AgentId | null;
  /** Whether it may be paid many times until it expires. */
  isMulti: boolean;
  terms: LinkTerms;
  paidBy: PaidBy | null;
  expiresAt: Date;
  createdAt: Date;
}>;

export const expiryOf = (now: Date, hours: number): Date => after(now, hours * HOUR_MS);

/**
 * What a link is at a moment. It is never written down that a link has expired: one that is made
 * passive and opened again after its time is still expired.
 */
export function linkState(
  { status, expiresAt }: Pick<Link, "status" | "expiresAt">,
  now: Date,
): "waiting" | LinkState {
  return status === "waiting" && now >= expiresAt ? "expired" : status;
}

/** Refuses `link_closed` unless a payer may pay now. */
export function checkPayable(link: Pick<Link, "status" | "expiresAt">, now: Date): void {
  const state = linkState(link, now);
  if (state !== "waiting") refuse("link_closed", { state });
}

/** Refuses `link_closed` for one that has been paid: that is its end. */
export function checkChangeable({ status }: Pick<Link, "status">): void {
  if (status === "paid") refuse("link_closed", { state: status });
}

/** What is kept with each payment of a link, under the names by which payments show it. */
function detailsOf({ id, terms }: Link): Terms["details"] {
  const said: Readonly<Record<string, string | undefined>> = {
    link_id: id,
    agent_code: terms.agentCode,
    agent_name: terms.agentName,
    user_id: terms.userName,
    phone: terms.phone,
    email: terms.email,
    note: terms.note,
    agent_note: terms.agentNote,
  };
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/**
 * Under which terms a payer of a link pays. Always with 3-D Secure: whoever was given the address
 * may come with any card. Payments of one that may be paid many times share the link's reference.
 */
export function sessionTerms(link: Link): Terms {
  const { addCommission, instalments, bankId, house } = link.terms;
  return {
    kind: "sale",
    addCommission,
    needs3d: true,
    instalments,
    bankId,
    reference: link.reference,
    sharesReference: link.isMulti,
    save: house === undefined ? undefined : { house, description: "" },
    details: detailsOf(link),
  };
}
