import { assert } from "../lib/assert.ts";
import { nextBusinessDay } from "../lib/business-day.ts";
import type { ValueDateTerms } from "../members/member.rules.ts";
import { memberDate, platformDate } from "./reflection.rules.ts";
import type { Product } from "./sale.rules.ts";
import { type Calculator, type NewDebt, partsByLine, splitLine } from "./split.rules.ts";

/** Why one product is not approved, or its approval not taken back: texts of the wire itself. */
export const failReasons = {
  product_unknown: "Product not found",
  payment_not_successful: "Payment is not successful",
  product_without_member: "Product has no member",
  already_approved: "This product already approved",
  earning_not_stated: "Member earning is not calculated",
  earning_stated: "Member earning is calculated by platform",
  value_date_missing: "Member value date not found",
  not_approved: "This product marketplace earning calculated not found",
  earning_sent: "Earning already sent",
  earning_queued: "Earning is in the payment queue",
} as const;
export type FailReason = keyof typeof failReasons;

/** One product of an answer. The sale is unknown where the product is. */
export type Failed = Readonly<{ sale: bigint; product: bigint; reason: FailReason }>;
export type Succeeded = Readonly<{ sale: bigint; product: bigint }>;
export type Answers = Readonly<{ success: readonly Succeeded[]; fail: readonly Failed[] }>;

export type ApprovalTerms = Readonly<{
  calculator: Calculator;
  /** Whether the platform's earning takes the member's date. */
  sameDate: boolean;
  /** The text of the transfers that come of it; empty for ours. */
  description: string;
}>;

/** What is known of a payment when its products are approved. */
export type Scene = Readonly<{
  sale: bigint;
  /** All lines of the sale, in their order. */
  products: readonly Product[];
  /** Whether its money was taken, has not gone back, and is not about to. */
  isPaid: boolean;
  /** The provider's commission, with its tax, of what was taken. */
  feeMinor: bigint;
  /** What was taken of its payer, which need not be what the lines add up to. */
  paidMinor: bigint;
  /** The day of the approval. */
  day: string;
  platformDays: number;
  valueDates: ReadonlyMap<bigint, ValueDateTerms>;
  /** Debts that outlived an earlier approval, since they had been paid: `product kind`. */
  standingDebts: ReadonlySet<string>;
}>;

type Part = Readonly<{ minor: bigint; reflectionDate: string; payDate: string }>;
/** What becomes due of one product. */
export type Plan = Readonly<{
  product: bigint;
  memberNumber: bigint;
  commissionPpm: bigint;
  member: Part;
  platform: Part;
  debts: readonly NewDebt[];
}>;

function blockOf(
  product: Product,
  { isPaid, valueDates }: Scene,
  calculator: Calculator,
): FailReason | undefined {
  if (!isPaid) return "payment_not_successful";
  if (product.approvalId !== null) return "already_approved";
  if (product.member === null) return "product_without_member";
  const isStated = product.memberEarningMinor !== null;
  if (calculator === "platform" && !isStated) return "earning_not_stated";
  if (calculator === "rates" && isStated) return "earning_stated";
  return valueDates.has(product.member) ? undefined : "value_date_missing";
}

const due = (minor: bigint, reflectionDate: string): Part => ({
  minor,
  reflectionDate,
  payDate: nextBusinessDay(reflectionDate),
});

function planOf(
  product: Product,
  scene: Scene,
  terms: ApprovalTerms,
  part: Readonly<{ providerMinor: bigint; paidMinor: bigint; members: number }>,
): Plan {
  const { member, number } = product;
  assert(member !== null, "a product without a member is not approved");
  const valueDate = scene.valueDates.get(member);
  assert(valueDate !== undefined, "a product without a value date is not approved");
  const memberPpm = valueDate.commissionPpm;
  const split = splitLine(product, { calculator: terms.calculator, memberPpm, ...part });
  const ownDate = memberDate(scene.day, valueDate);
  const { platformDays, day } = scene;
  const { members } = part;
  const of = { platformDays, sameDate: terms.sameDate, members, memberDate: ownDate };
  return {
    product: number,
    memberNumber: member,
    commissionPpm: split.commissionPpm,
    member: due(split.memberMinor, ownDate),
    platform: due(split.platformMinor, platformDate(day, of)),
    debts: split.debts.filter(({ kind }) => !scene.standingDebts.has(`${number} ${kind}`)),
  };
}

/** Which of the asked products are approved, and what becomes due of them. */
export function planApproval(
  scene: Scene,
  asked: readonly bigint[],
  terms: ApprovalTerms,
): Readonly<{ plans: readonly Plan[]; fail: readonly Failed[] }> {
  const fees = partsByLine(scene.feeMinor, scene.products);
  const paid = partsByLine(scene.paidMinor, scene.products);
  const members = new Set(scene.products.map(({ member }) => member)).size;
  const places = new Map(scene.products.map((each, i) => [each.number, i]));
  const plans: Plan[] = [];
  const fail: Failed[] = [];
  for (const number of asked) {
    const place = places.get(number);
    const product = place === undefined ? undefined : scene.products[place];
    const reason = product ? blockOf(product, scene, terms.calculator) : "product_unknown";
    if (reason) fail.push({ sale: scene.sale, product: number, reason });
    else if (product) {
      const part = { providerMinor: fees[place!]!, paidMinor: paid[place!]!, members };
      plans.push(planOf(product, scene, terms, part));
    }
  }
  return { plans, fail };
}
