import { assert } from "../lib/assert.ts";
import { divideHalfUp, PPM, portion, share } from "../lib/money.ts";

/** How an amount falls apart: `netMinor` + `commissionMinor` + `taxMinor` = `amountMinor`. */
export type Fees = Readonly<{
  amountMinor: bigint;
  netMinor: bigint;
  commissionMinor: bigint;
  taxMinor: bigint;
}>;

/** A rate with the tax on it: the part of an amount that is kept in all, but for rounding. */
export const taxedPpm = (ratePpm: bigint, taxPpm: bigint): bigint =>
  ratePpm + portion(ratePpm, taxPpm);

/**
 * Commission taken out of what the card pays. The commission is rounded to the kuruş first and the
 * tax is taken of the rounded commission, as Paynet's transaction detail shows it. Of a kuruş or
 * two both may round up: the tax takes no more than is left.
 */
export function feesInside(amountMinor: bigint, ratePpm: bigint, taxPpm: bigint): Fees {
  const commissionMinor = portion(amountMinor, ratePpm);
  const tax = portion(commissionMinor, taxPpm);
  const left = amountMinor - commissionMinor;
  const taxMinor = tax < left ? tax : left;
  return {
    amountMinor,
    commissionMinor,
    taxMinor,
    netMinor: left - taxMinor,
  };
}

/**
 * Commission put on top, so that the seller nets `netMinor` to the kuruş: the card pays
 * net / (1 - rate * (1 + tax)). Checked against the instalment tables of Paynet's `check_bin`.
 */
export function feesOnTop(netMinor: bigint, ratePpm: bigint, taxPpm: bigint): Fees {
  const whole = PPM * PPM;
  const left = whole - ratePpm * (PPM + taxPpm);
  assert(left > 0n, "commission and its tax stay below the amount");
  const amountMinor = divideHalfUp(netMinor * whole, left);
  const onTop = amountMinor - netMinor;
  const rounded = portion(amountMinor, ratePpm);
  const commissionMinor = rounded < onTop ? rounded : onTop;
  return { amountMinor, netMinor, commissionMinor, taxMinor: onTop - commissionMinor };
}

/** The main firm's part of an agent's sale by a share; the agent has the rest. */
export function companyPart(amountMinor: bigint, companySharePpm: bigint): bigint {
  const weights = [companySharePpm, PPM - companySharePpm] as const;
  return share({ minor: amountMinor, currency: "TRY" }, weights)[0]!.minor;
}

/** The rates a new merchant starts with: a single payment and 2 to 12 instalments, in ppm. */
export function startingRates(bankIds: readonly string[]): CommissionRate[] {
  const single = (bankId: string) =>
    (["cc", "bc", "dc"] as const).map((cardType) => rate(bankId, cardType, 0, 20_000n));
  const plans = (bankId: string) =>
    Array.from({ length: 11 }, (_, i) => i + 2).flatMap((instalments) =>
      (["cc", "bc"] as const).map((cardType) =>
        rate(bankId, cardType, instalments, 20_000n + BigInt(instalments) * 5_000n),
      ),
    );
  return bankIds.flatMap((id) => [...single(id), ...(id === "ZDGR" ? [] : plans(id))]);
}

export type CommissionRate = Readonly<{
  bankId: string;
  cardType: "cc" | "bc" | "dc";
  /** 0 is a single payment. */
  instalments: number;
  ratePpm: bigint;
}>;

const rate = (
  bankId: string,
  cardType: CommissionRate["cardType"],
  instalments: number,
  ratePpm: bigint,
): CommissionRate => ({ bankId, cardType, instalments, ratePpm });
