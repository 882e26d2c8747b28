import { share } from "../lib/money.ts";
import { refuseMarket } from "../lib/refusal.ts";
import type { Attempt, Payment } from "../payments/payment.rules.ts";
import { OPEN_LEASE_MS } from "../payments/plan.rules.ts";
import { type DebtDue, type EarningDue, isUnpaid } from "./earning.rules.ts";
import type { Product } from "./sale.rules.ts";
import { partsByLine } from "./split.rules.ts";

/** Longer than a return waits for another operation on its payment, and its call to the bank. */
export const RETURN_LEASE_MS = OPEN_LEASE_MS + 60_000;

/** What is to become of what is due of a sale when money of it goes back. */
export type ReturnTerms = Readonly<{
  /** Whether the sale as a whole goes back: then nothing may stay due of it. */
  isWhole: boolean;
  /** Whether all that is due of it may fall away with the whole. */
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

/** Whether nothing stays due to anybody once each party is lowered by what is asked for. */
function leavesNothing({ earnings, debts }: Due, { platformMinor, memberMinor }: ReturnTerms) {
  const own = earnings.filter(({ party }) => party === "platform");
  const members = earnings.filter(({ party }) => party === "member");
  return (
    own.every(isUnpaid) &&
    platformMinor === sumOf(own.map(({ amountMinor }) => amountMinor)) &&
    memberMinor === sumOf(members.map((each) => leftOf(each, debts)))
  );
}

/** Everything of the sale that can still fall away. */
function heldOfWhole(due: Due, terms: ReturnTerms): Held {
  const { earnings, debts } = due;
  if (terms.deletes && !earnings.every(isUnpaid)) refuseMarket("earning_already_sent");
  if (!terms.deletes) {
    heldOfPart(due, terms);
    if (earnings.length > 0 && !leavesNothing(due, terms)) refuseMarket("payment_has_earnings");
  }
  return {
    earnings: numbersOf(earnings.filter(isUnpaid)),
    debts: numbersOf(debts.filter(isUnpaid)),
  };
}

/** Whether a part that goes back changes anything of what is due. */
export const changesPart = ({
  platformMinor,
  memberMinor,
  recommissions,
}: Omit<ReturnTerms, "isWhole">): boolean =>
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
  if (memberMinor > sumOf(members.map((each) => leftOf(each, debts))))
    refuseMarket("earning_amount_wrong");
  if (platformMinor > sumOf(unpaid.map(({ amountMinor }) => amountMinor))) {
    refuseMarket(unpaid.length < own.length ? "earning_already_sent" : "earning_amount_wrong");
  }
  const touched = changesPart(terms) ? earnings.filter(isUnpaid) : [];
  return { earnings: numbersOf(touched), debts: [] };
}

/**
 * What is held while money goes back. Refuses `payment_has_earnings` where the whole goes back and
 * it was not said that what is due may fall away, or is lowered to nothing, `earning_already_sent`
 * where a part of that is paid or about to be, and `earning_amount_wrong` where more is taken than
 * there is.
 */
export const heldOf = (due: Due, terms: ReturnTerms): Held =>
  terms.isWhole ? heldOfWhole(due, terms) : heldOfPart(due, terms);

/** Whether no money of a payment is with us any more. */
export const isBack = (payment: Pick<Payment, "status" | "capturedMinor" | "refundedMinor">) =>
  payment.status !== "captured" || payment.refundedMinor === payment.capturedMinor;

/** Whether that is so, or was before money was taken anew of the hold that a cancel had left. */
export const wasBack = ({
  payment,
  attempts,
}: Readonly<{ payment: Payment; attempts: readonly Pick<Attempt, "kind" | "status">[] }>) =>
  isBack(payment) ||
  attempts.some(
    ({ kind, status }) => status === "approved" && (kind === "void" || kind === "reopen"),
  );

/** What a member owes back of what it has, or is about to have, of a product. */
export type Clawback = Readonly<{
  from: Pick<EarningDue, "merchantId" | "product" | "member" | "currency">;
  minor: bigint;
}>;

/** What becomes of what is due of a sale. */
export type Change = Readonly<{
  earnings: readonly Readonly<{ before: EarningDue; after: EarningDue }>[];
  debts: readonly DebtDue[];
  clawbacks: readonly Clawback[];
  /** Products that are not approved any more. */
  freed: readonly bigint[];
  /** What a payout is about to pay all the same: should it fail, nobody else does. */
  held: Held;
}>;

/** An earning of another amount; one of nothing is closed, and needs no payout. */
const amended = (before: EarningDue, amountMinor: bigint): EarningDue => {
  const isNothing = amountMinor === 0n;
  const rest = isNothing ? { payout: null, payoutState: null } : {};
  return { ...before, ...rest, amountMinor, state: isNothing ? "closed" : "open" };
};

const gone = (before: EarningDue): EarningDue => ({ ...before, state: "deleted", payout: null });

/**
 * What stays of a member's earning that nobody has paid: as much as the member has owed back, and
 * did, beyond what it has.
 */
const restored = (before: EarningDue, minor: bigint): EarningDue => ({
  ...amended(before, minor),
  ...{ payout: null, payoutState: null, isRetried: true },
});

const isSame = (a: EarningDue, b: EarningDue): boolean =>
  a.state === b.state && a.amountMinor === b.amountMinor && a.payout === b.payout;

/** What is not due any more of the earnings of one product. `hasMinor` as in `unwoundProduct`. */
function unwoundEarnings(earnings: readonly EarningDue[], hasMinor: bigint) {
  const own = earnings.find((each) => each.party === "member" && isUnpaid(each));
  const most = own?.amountMinor ?? 0n;
  const backMinor = hasMinor >= 0n ? 0n : -hasMinor < most ? -hasMinor : most;
  const stays = backMinor > 0n || !earnings.every(isUnpaid);
  const afterOf = (each: EarningDue): EarningDue => {
    if (!stays) return gone(each);
    return each === own && backMinor > 0n ? restored(each, backMinor) : amended(each, 0n);
  };
  return {
    stays,
    changes: earnings
      .filter(isUnpaid)
      .map((before) => ({ before, after: afterOf(before) }))
      .filter(({ before, after }) => !isSame(before, after)),
  };
}

const amounts = (all: readonly Readonly<{ amountMinor: bigint }>[]): bigint =>
  sumOf(all.map(({ amountMinor }) => amountMinor));
const isRunning = (each: EarningDue | DebtDue): boolean =>
  !isUnpaid(each) && each.payoutState !== "paid";

/** As `unwound`, of one product. */
function unwoundProduct({ earnings, debts }: Due, isLate: boolean): Change {
  const given = [
    ...earnings.filter(({ party }) => party === "member"),
    // The buyer's shipping was paid for, wherever the money is.
    ...debts.filter(({ kind }) => kind !== "cargo"),
  ];
  // What the member has, or is about to have, less what it has owed back of that, and did.
  const hasMinor = amounts(given.filter((each) => !isUnpaid(each)));
  const clawbacks = debts.filter((each) => each.kind === "clawback" && isUnpaid(each));
  const owesMinor = -amounts(clawbacks);
  const oweMinor = isLate && hasMinor > owesMinor ? owesMinor : hasMinor;
  const { stays, changes } = unwoundEarnings(earnings, hasMinor);
  // Where less is owed by now, one clawback of that stands for those that there were.
  const kept = oweMinor >= owesMinor ? new Set(clawbacks) : new Set<DebtDue>();
  const moreMinor = oweMinor + amounts([...kept]);
  const [from] = given;
  return {
    earnings: changes,
    debts: debts.filter((each) => isUnpaid(each) && !kept.has(each)),
    clawbacks: from && moreMinor > 0n ? [{ from, minor: moreMinor }] : [],
    freed: earnings.flatMap(({ product, party }) => (stays || party !== "member" ? [] : product)),
    held: {
      earnings: numbersOf(earnings.filter(isRunning)),
      debts: numbersOf(debts.filter((each) => each.kind === "discount" && isRunning(each))),
    },
  };
}

function unwoundAll({ earnings, debts }: Due, isLate: boolean): Change {
  const productOf = ({ product }: Readonly<{ product: bigint }>) => product;
  const earningsOf = Map.groupBy(earnings, productOf);
  const debtsOf = Map.groupBy(debts, productOf);
  const products = new Set([...earningsOf.keys(), ...debtsOf.keys()]);
  const all = [...products].map((number) => {
    const due = { earnings: earningsOf.get(number) ?? [], debts: debtsOf.get(number) ?? [] };
    return unwoundProduct(due, isLate);
  });
  return {
    earnings: all.flatMap((each) => each.earnings),
    debts: all.flatMap((each) => each.debts),
    clawbacks: all.flatMap((each) => each.clawbacks),
    freed: all.flatMap((each) => each.freed),
    held: {
      earnings: all.flatMap(({ held }) => held.earnings),
      debts: all.flatMap(({ held }) => held.debts),
    },
  };
}

/**
 * Takes away all that is due of a sale. What is paid, or about to be, stays: the member owes back
 * its earning and discount, not the shipping. The other party's earning of such a product is of
 * nothing. What is about to be paid is held: should its payout fail, `unwoundLate` takes it away.
 */
export const unwound = (due: Due): Change => unwoundAll(due, false);

/**
 * Takes away what was about to be paid of a sale that is back, and was not: with as much of what
 * the member owes back. Where the member did owe that back already, as much stays due to it. Never
 * makes a member owe more: what it owed may have been forgiven.
 */
export const unwoundLate = (due: Due): Change => unwoundAll(due, true);

/** Shares what is taken away by what there is; no more than there is. */
function partsOf(minor: bigint, left: readonly bigint[], of: EarningDue): bigint[] {
  const all = sumOf(left);
  if (all === 0n) return left.map(() => 0n);
  const total = minor < all ? minor : all;
  return share({ minor: total, currency: of.currency }, left).map((part) => part.minor);
}

/** What of the provider's commission comes back to each platform earning, by what was captured. */
function givenBack(feeMinor: bigint, products: readonly Product[]): ReadonlyMap<bigint, bigint> {
  const parts = partsByLine(feeMinor, products);
  return new Map(products.map(({ number }, i) => [number, parts[i] ?? 0n]));
}

/**
 * Lowers what is due of a sale of which a part went back: each party's earnings by their shares. A
 * member that has its earning already owes the part back. `feeMinor` is what the provider gave back
 * of its commission; a platform earning that its commission had eaten up gets none of it.
 */
export function lowered(
  { earnings, debts }: Due,
  terms: Omit<ReturnTerms, "isWhole">,
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
      .map(({ before, minor }) => ({ from: before, minor })),
    freed: [],
    held: { earnings: [], debts: [] },
  };
}
