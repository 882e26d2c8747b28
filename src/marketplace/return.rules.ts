import type { MarketProblem } from "../lib/market-problem.ts";
import { share } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";
import { OPEN_LEASE_MS } from "../payments/plan.rules.ts";
import { type DebtDue, type EarningDue, isUnpaid } from "./earning.rules.ts";
import type { Product } from "./sale.rules.ts";
import { providerParts } from "./split.rules.ts";

/** Longer than a return waits for another operation on its payment, and its call to the bank. */
export const RETURN_LEASE_MS = OPEN_LEASE_MS + 60_000;

/** What is to become of what is due of a sale when money of it goes back. */
export type ReturnTerms = Readonly<{
  /** Whether the sale as a whole goes back: then nothing may stay due of it. */
  isWhole: boolean;
  /** Whether all that is due of it falls away. */
  deletes: boolean;
  /** By how much the platform's and the members' earnings are lowered otherwise, in minor units. */
  platformMinor: bigint;
  memberMinor: bigint;
  /** Whether the platform's earnings get back what the provider gives back of its commission. */
  recommissions: boolean;
}>;

type Due = Readonly<{ earnings: readonly EarningDue[]; debts: readonly DebtDue[] }>;
/** The numbers of what nobody pays or changes until the bank has said. */
export type Held = Readonly<{ earnings: bigint[]; debts: bigint[] }>;

const no = (problem: MarketProblem) => refuse("market_refused", { problem });
const sumOf = (all: readonly bigint[]): bigint => all.reduce((sum, each) => sum + each, 0n);
const numbersOf = (all: readonly Readonly<{ number: bigint }>[]) => all.map(({ number }) => number);

/** What a member still has, or is due, of an earning: what was clawed back of it is gone. */
const leftOf = (earning: EarningDue, debts: readonly DebtDue[]): bigint =>
  earning.amountMinor +
  sumOf(
    debts
      .filter(({ product, kind }) => product === earning.product && kind === "clawback")
      .map(({ amountMinor }) => amountMinor),
  );

/** Everything of the sale, where all of it can still fall away. */
function heldOfWhole({ earnings, debts }: Due, deletes: boolean): Held {
  if (earnings.length > 0 && !deletes) no("payment_has_earnings");
  if (!earnings.every(isUnpaid)) no("earning_already_sent");
  return { earnings: numbersOf(earnings), debts: numbersOf(debts.filter(isUnpaid)) };
}

/** Whether a part that goes back changes anything of what is due. */
export const changesPart = ({ platformMinor, memberMinor, recommissions }: ReturnTerms): boolean =>
  platformMinor > 0n || memberMinor > 0n || recommissions;

/**
 * What may be lowered. A member that was paid already will owe its part back instead. All of it is
 * held, whoever's it is: then no order is given for any of it when the bank has said.
 */
function heldOfPart({ earnings, debts }: Due, terms: ReturnTerms): Held {
  const { platformMinor, memberMinor } = terms;
  const own = earnings.filter(({ party }) => party === "platform");
  const members = earnings.filter(({ party }) => party === "member");
  const unpaid = own.filter(isUnpaid);
  if (memberMinor > sumOf(members.map((each) => leftOf(each, debts)))) no("earning_amount_wrong");
  if (platformMinor > sumOf(unpaid.map(({ amountMinor }) => amountMinor))) {
    no(unpaid.length < own.length ? "earning_already_sent" : "earning_amount_wrong");
  }
  const touched = changesPart(terms) ? earnings.filter(isUnpaid) : [];
  return { earnings: numbersOf(touched), debts: [] };
}

/**
 * What is held while money goes back. Refuses `payment_has_earnings` where the whole goes back and
 * nothing was said of what is due, `earning_already_sent` where a part of that is paid or about to
 * be, and `earning_amount_wrong` where more is taken than there is.
 */
export const heldOf = (due: Due, terms: ReturnTerms): Held =>
  terms.isWhole ? heldOfWhole(due, terms.deletes) : heldOfPart(due, terms);

/** What a member owes back of an earning that it has, or is about to have. */
export type Clawback = Readonly<{ earning: EarningDue; minor: bigint }>;

/** What becomes of what is due of a sale. */
export type Change = Readonly<{
  earnings: readonly Readonly<{ before: EarningDue; after: EarningDue }>[];
  debts: readonly DebtDue[];
  clawbacks: readonly Clawback[];
  /** Products that are not approved any more. */
  freed: readonly bigint[];
}>;

/** An earning of another amount; one of nothing is closed, and needs no payout. */
const amended = (before: EarningDue, amountMinor: bigint): EarningDue => {
  const isNothing = amountMinor === 0n;
  const rest = isNothing ? { payout: null, payoutState: null } : {};
  return { ...before, ...rest, amountMinor, state: isNothing ? "closed" : "open" };
};

const gone = (before: EarningDue): EarningDue => ({ ...before, state: "deleted", payout: null });

/**
 * Takes away all that is due of a sale. What is paid, or about to be, stays: the member owes it
 * back. So does a clawback of what stays, and the other party's earning of the product, of nothing.
 */
export function unwound({ earnings, debts }: Due): Change {
  const sent = earnings.filter((each) => !isUnpaid(each));
  const ofSent = new Set(sent.map(({ product }) => product));
  return {
    earnings: earnings.filter(isUnpaid).map((before) => ({
      before,
      after: ofSent.has(before.product) ? amended(before, 0n) : gone(before),
    })),
    debts: debts.filter(
      (each) => isUnpaid(each) && !(each.kind === "clawback" && ofSent.has(each.product)),
    ),
    clawbacks: sent
      .filter(({ party }) => party === "member")
      .map((earning) => ({ earning, minor: leftOf(earning, debts) }))
      .filter(({ minor }) => minor > 0n),
    freed: [...new Set(earnings.map(({ product }) => product))].filter((one) => !ofSent.has(one)),
  };
}

/** Shares what is taken away by what there is; no more than there is. */
function partsOf(minor: bigint, left: readonly bigint[], of: EarningDue): bigint[] {
  const all = sumOf(left);
  if (all === 0n) return left.map(() => 0n);
  const total = minor < all ? minor : all;
  return share({ minor: total, currency: of.currency }, left).map((part) => part.minor);
}

/** What of the provider's commission comes back to each platform earning, by what was captured. */
function givenBack(feeMinor: bigint, products: readonly Product[]): ReadonlyMap<bigint, bigint> {
  const parts = providerParts(feeMinor, products);
  return new Map(products.map(({ number }, i) => [number, parts[i] ?? 0n]));
}

/**
 * Lowers what is due of a sale of which a part went back: each party's earnings by their shares. A
 * member that has its earning already owes the part back. `feeMinor` is what the provider gave back
 * of its commission; a platform earning that its commission had eaten up gets none of it.
 */
export function lowered(
  { earnings, debts }: Due,
  terms: ReturnTerms,
  of: Readonly<{ feeMinor: bigint; products: readonly Product[] }>,
): Change {
  const members = earnings.filter(({ party }) => party === "member");
  const own = earnings.filter((each) => each.party === "platform" && isUnpaid(each));
  const left = members.map((each) => leftOf(each, debts));
  const taken = members[0] ? partsOf(terms.memberMinor, left, members[0]) : [];
  const ownTaken = own[0]
    ? partsOf(
        terms.platformMinor,
        own.map(({ amountMinor }) => amountMinor),
        own[0],
      )
    : [];
  const back = givenBack(terms.recommissions ? of.feeMinor : 0n, of.products);
  const memberChanges = members.map((before, i) => ({ before, minor: taken[i] ?? 0n }));
  return {
    earnings: [
      ...memberChanges
        .filter(({ before, minor }) => minor > 0n && isUnpaid(before))
        .map(({ before, minor }) => ({
          before,
          after: amended(before, before.amountMinor - minor),
        })),
      ...own.map((before, i) => {
        const raised = before.amountMinor > 0n ? (back.get(before.product) ?? 0n) : 0n;
        const minor = before.amountMinor - (ownTaken[i] ?? 0n) + raised;
        return { before, after: amended(before, minor) };
      }),
    ].filter(({ before, after }) => before.amountMinor !== after.amountMinor),
    debts: [],
    clawbacks: memberChanges
      .filter(({ before, minor }) => minor > 0n && !isUnpaid(before))
      .map(({ before, minor }) => ({ earning: before, minor })),
    freed: [],
  };
}
