import type { z } from "zod";
import { refuse, refuseMarket } from "../../../lib/refusal.ts";
import type { PartTerms, PaymentName } from "../../../marketplace/index.ts";
import { amount, day, flag, guid, named } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { paymentOfGuid, uniqueCode } from "./payment.wire.ts";

/** A guid that is none of ours names no payment. */
export const byGuid = (value: string): PaymentName => ({
  paymentId: paymentOfGuid(value) ?? refuse("payment_not_found", {}),
});

/** The members that name a payment, and its day. Which one must be there is said by the path. */
export const nameMembers = {
  MerchantUniqueCode: uniqueCode.optional(),
  UniqueCode: guid().optional(),
  PaymentId: named().optional(),
  Date: day().optional(),
};
export type NameBy = "" | "/by/uniquecode" | "/by/paymentid";

type Names = Readonly<{
  MerchantUniqueCode?: string | undefined;
  UniqueCode?: string | undefined;
  PaymentId?: bigint | undefined;
}>;

const missing = (field: keyof Names) =>
  refuse("invalid_input", { field, problem: "missing" as const });

/** The payment that a request names by the member that its path asks for. */
export function nameOf(by: NameBy, asked: Names): PaymentName {
  switch (by) {
    case "":
      return {
        code: asked.MerchantUniqueCode ?? refuseMarket("code_missing"),
      };
    case "/by/uniquecode":
      return byGuid(asked.UniqueCode ?? missing("UniqueCode"));
    case "/by/paymentid":
      return { number: asked.PaymentId ?? missing("PaymentId") };
  }
}

const Decrease = members({ Decrease: flag, DecreaseAmount: amount().optional() }).optional();

/** What is to become of earnings with a return of the whole. */
export const WholeTerms = members({ DeleteExistingRecords: flag }).optional();

/** The same with a part; one that leaves nothing may delete what is due. */
export const PartMembers = members({
  DeleteExistingRecords: flag,
  ProviderCommissionUpdate: flag,
  Platform: Decrease,
  Member: Decrease,
}).optional();

/** Refuses `earning_amount_wrong` for a decrease without an amount. */
function decreaseOf(asked: z.output<typeof Decrease>): bigint {
  if (!asked?.Decrease) return 0n;
  const { DecreaseAmount: minor = 0n } = asked;
  return minor > 0n ? minor : refuseMarket("earning_amount_wrong");
}

export const partTermsOf = (asked: z.output<typeof PartMembers>): PartTerms => ({
  deletes: asked?.DeleteExistingRecords ?? false,
  platformMinor: decreaseOf(asked?.Platform),
  memberMinor: decreaseOf(asked?.Member),
  recommissions: asked?.ProviderCommissionUpdate ?? false,
});
