import type { z } from "zod";
import { cancelSale, refundPart, refundSale, revertSale } from "../../../marketplace/index.ts";
import { type Service, service } from "../deps.ts";
import { success } from "../wire/envelope.ts";
import { amount, flag, positive } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { outcomeOf } from "../wire/outcome.ts";
import {
  type NameBy,
  nameMembers,
  nameOf,
  PartMembers,
  partTermsOf,
  WholeTerms,
} from "./undo.wire.ts";

const PRIVATE = "/api/paywall/private";

/** What these services have in common. */
const back = <Input extends z.ZodType>(
  it: Pick<Service<Input>, "path" | "summary" | "input" | "run">,
): Service<z.ZodType> =>
  service({ method: "POST", pair: "paywall_private", ...it, path: `${PRIVATE}${it.path}` });

const cancel = (by: NameBy) => {
  const input = members({ ...nameMembers, MarketPlace: WholeTerms });
  return back({
    path: `/cancel${by}`,
    summary: "Cancel of a payment on its day",
    input,
    async run(deps, { caller, locale }, asked) {
      const deletes = asked.MarketPlace?.DeleteExistingRecords ?? false;
      const ask = { name: nameOf(by, asked), day: asked.Date, deletes };
      return outcomeOf(await cancelSale(deps.marketplace, caller, ask), locale, success);
    },
  });
};

const refund = (by: NameBy) => {
  const shape = { ...nameMembers, MarketPlace: WholeTerms };
  const input = members({ ...shape, CompletePartialRefund: flag });
  return back({
    path: `/refund${by}`,
    summary: "Refund of a payment",
    input,
    async run(deps, { caller, locale }, asked) {
      const deletes = asked.MarketPlace?.DeleteExistingRecords ?? false;
      const completes = asked.CompletePartialRefund;
      const ask = { name: nameOf(by, asked), day: asked.Date, deletes, completes };
      return outcomeOf(await refundSale(deps.marketplace, caller, ask), locale, success);
    },
  });
};

const refundOfPart = (by: NameBy) => {
  const shape = { ...nameMembers, MarketPlace: PartMembers };
  const input = members({ ...shape, Amount: positive() });
  return back({
    path: `/refund/partial${by}`,
    summary: "Refund of a part of a payment",
    input,
    async run(deps, { caller, locale }, asked) {
      const terms = partTermsOf(asked.MarketPlace);
      const ask = { name: nameOf(by, asked), day: asked.Date, amountMinor: asked.Amount, terms };
      return outcomeOf(await refundPart(deps.marketplace, caller, ask), locale, success);
    },
  });
};

const RevertInput = members({
  ...nameMembers,
  Amount: amount().optional(),
  MarketPlace: WholeTerms,
});

/** A revert names a payment by both of its codes; one alone does, and two must fit together. */
const revert = (by: "" | "/by/paymentid") =>
  back({
    path: `/revert${by}`,
    summary: "Cancel or refund of a payment, by its day",
    input: RevertInput,
    async run(deps, { caller, locale }, asked) {
      const { MerchantUniqueCode: code, Amount: amountMinor, Date: day } = asked;
      const isByGuid = by === "" && asked.UniqueCode !== undefined;
      const name = nameOf(isByGuid ? "/by/uniquecode" : by, asked);
      const deletes = asked.MarketPlace?.DeleteExistingRecords ?? false;
      const ask = { name, code: isByGuid ? code : undefined, day, deletes, amountMinor };
      return outcomeOf(await revertSale(deps.marketplace, caller, ask), locale, success);
    },
  });

const NAMES = ["", "/by/uniquecode", "/by/paymentid"] as const;

/** All the ways to give money back. */
export const undoServices: readonly Service<z.ZodType>[] = [
  ...NAMES.map(cancel),
  ...NAMES.map(refund),
  ...NAMES.map(refundOfPart),
  revert(""),
  revert("/by/paymentid"),
];
