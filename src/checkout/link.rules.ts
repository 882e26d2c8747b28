import { after } from "../lib/clock.ts";
import type { AgentId, MerchantId, PaymentId, PosId } from "../lib/id.ts";
import type { Locale } from "../lib/messages/index.ts";
import type { Currency } from "../lib/money.ts";
import { type LinkState, refuse } from "../lib/refusal.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
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
  /** What is sold, where the page shows more of it than a note. */
  item?: LinkItem | undefined;
  hasPicture?: boolean | undefined;
  /** What is in a basket, where the page lists it. */
  products?: readonly LinkProduct[] | undefined;
  /** Whether the payer's name is for the merchant's reports alone. */
  hidesPayer?: boolean | undefined;
  /** Told in the background of each payment that took money. */
  callbackUrl?: string | undefined;
  /** A keyed hash of the request that made the link, where that could be sent again. */
  askHash?: string | undefined;
}>;

export type LinkItem = Readonly<{ name: string; description: string }>;
/** A line of a basket; amounts are texts of minor units, as everything here is kept as JSON. */
export type LinkProduct = Readonly<{
  name: string;
  category: string;
  description: string;
  amountMinor: string;
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
  /** How many more it may sell; null where nobody counts. */
  left: number | null;
  expiresAt: Date;
  createdAt: Date;
}>;

export const expiryOf = (now: Date, hours: number): Date => after(now, hours * HOUR_MS);

/** What a link is whatever is left of it: by what was written and the time. */
export type TimedState = "waiting" | Exclude<LinkState, "sold_out">;

/**
 * What a link is at a moment, by its time. It is never written down that a link has expired: one
 * that is made passive and opened again after its time is still expired.
 */
export const timedState = (
  { status, expiresAt }: Pick<Link, "status" | "expiresAt">,
  now: Date,
): TimedState => (status === "waiting" && now >= expiresAt ? "expired" : status);

type Standing = Pick<Link, "status" | "expiresAt" | "left">;

/**
 * The same for a payer. One that is sold out may be paid again where a charge that kept a piece of
 * it takes no money.
 */
export function linkState(link: Standing, now: Date): "waiting" | LinkState {
  const state = timedState(link, now);
  return state === "waiting" && link.left === 0 ? "sold_out" : state;
}

/** Refuses `link_closed` unless a payer may pay now. */
export function checkPayable(link: Pick<Link, "status" | "expiresAt" | "left">, now: Date): void {
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
    takesStock: link.left === null ? undefined : true,
    save: house === undefined ? undefined : { house, description: "" },
    details: detailsOf(link),
  };
}

/**
 * Whether a stored card pays a link together with its security code: where a contract takes cards
 * whose bank does not ask their holder, 3-D Secure keeps nobody off them who has the address.
 */
export const asksCode = ({ pos }: Pick<Merchant, "pos">): boolean =>
  pos.some(({ isOpen, acceptsHalfSecure }) => isOpen && acceptsHalfSecure);
