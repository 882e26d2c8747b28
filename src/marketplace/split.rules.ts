import { divideHalfUp, PPM, portion, step } from "../lib/money.ts";
import type { Product } from "./sale.rules.ts";

/** Who reckons the members' shares: we from rates, or the platform, which said them at the sale. */
export type Calculator = "rates" | "platform";

/** What of a line its shares are reckoned from. */
export type SplitLine = Pick<
  Product,
  "amountMinor" | "capturedMinor" | "commissionPpm" | "memberEarningMinor" | "cargo" | "discount"
>;

/** A debt of the platform to a member beside the earnings. */
export type NewDebt = Readonly<{ kind: "discount" | "cargo"; minor: bigint }>;

export type Split = Readonly<{
  memberMinor: bigint;
  platformMinor: bigint;
  /** The rate that the member's share and discounts were reckoned by. */
  commissionPpm: bigint;
  debts: readonly NewDebt[];
}>;

/** A line's own rate goes before the member's. */
const rateOf = (line: Pick<SplitLine, "commissionPpm">, memberPpm: bigint): bigint =>
  line.commissionPpm ?? memberPpm;

/**
 * An amount of a payment by its lines, by what was captured of each: the provider's commission, or
 * what the payer paid. The parts add up to the whole; where nothing was captured there is none.
 */
export function partsByLine(
  minor: bigint,
  lines: readonly Pick<SplitLine, "capturedMinor">[],
): bigint[] {
  const whole = lines.reduce((sum, line) => sum + line.capturedMinor, 0n);
  let before = 0n;
  return lines.map(({ capturedMinor }) => {
    if (whole === 0n) return 0n;
    const after = before + capturedMinor;
    const part = step(minor, before, after, whole);
    before = after;
    return part;
  });
}

/** What of one line of a payment its provider kept, and its payer paid. */
export const partOf = (
  { feeMinor, paidMinor }: Readonly<{ feeMinor: bigint; paidMinor: bigint }>,
  lines: readonly Pick<SplitLine, "capturedMinor">[],
  place: number,
) => ({
  providerMinor: partsByLine(feeMinor, lines)[place] ?? 0n,
  paidMinor: partsByLine(paidMinor, lines)[place] ?? 0n,
});

/** What the platform said the member is due, less where less of the line was captured. */
const statedOf = ({ memberEarningMinor, capturedMinor, amountMinor }: SplitLine): bigint =>
  divideHalfUp((memberEarningMinor ?? 0n) * capturedMinor, amountMinor);

/**
 * The debt that a discount the platform bears makes; nothing where there is none. One of an amount
 * is less where less of the line was captured.
 */
export function discountDebt(
  {
    discount,
    capturedMinor,
    amountMinor,
  }: Pick<SplitLine, "discount" | "capturedMinor" | "amountMinor">,
  commissionPpm: bigint,
): bigint {
  if (discount?.owner !== "platform") return 0n;
  const { kind, value } = discount;
  const minor =
    kind === "amount"
      ? divideHalfUp(value * capturedMinor, amountMinor)
      : portion(capturedMinor, value);
  return portion(minor, PPM - commissionPpm);
}

/**
 * The debt that a shipping the platform bears makes; nothing where there is none. Shipping costs
 * the same however much of the line was captured.
 */
export const cargoDebt = ({ cargo }: Pick<SplitLine, "cargo">): bigint =>
  cargo?.owner === "platform" ? cargo.minor : 0n;

const debtsOf = (line: SplitLine, commissionPpm: bigint): NewDebt[] =>
  [
    { kind: "discount", minor: discountDebt(line, commissionPpm) } as const,
    { kind: "cargo", minor: cargoDebt(line) } as const,
  ].filter(({ minor }) => minor > 0n);

/** How many debts a line makes at most. */
export const debtCount = ({ cargo, discount }: Pick<SplitLine, "cargo" | "discount">): number =>
  Number(cargo?.owner === "platform") + Number(discount?.owner === "platform");

const atLeastZero = (minor: bigint): bigint => (minor > 0n ? minor : 0n);

/**
 * Shares one line. The member is due its price less the commission, or what the platform said;
 * shipping that the member bears lowers that, not below zero. The platform is due the rest of what
 * was paid of the line less the provider's part, not below zero: what a payer pays above the prices
 * is the platform's, and what is paid below them it bears. Shipping and discounts that the platform
 * bears change no share: they become debts of their own.
 */
export function splitLine(
  line: SplitLine,
  of: Readonly<{
    calculator: Calculator;
    memberPpm: bigint;
    providerMinor: bigint;
    paidMinor: bigint;
  }>,
): Split {
  const price = line.capturedMinor;
  const commissionPpm = rateOf(line, of.memberPpm);
  const share = of.calculator === "rates" ? portion(price, PPM - commissionPpm) : statedOf(line);
  const borne = line.cargo?.owner === "member" ? line.cargo.minor : 0n;
  const memberMinor = atLeastZero(share - borne);
  return {
    memberMinor,
    platformMinor: atLeastZero(of.paidMinor - memberMinor - of.providerMinor),
    commissionPpm,
    debts: debtsOf(line, commissionPpm),
  };
}
