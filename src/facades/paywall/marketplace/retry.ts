import type { z } from "zod";
import { refuse, refuseMarket } from "../../../lib/refusal.ts";
import { type RetryName, retry } from "../../../marketplace/index.ts";
import { type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { day, flag, named, unread } from "../wire/formats.ts";
import { members } from "../wire/members.ts";

const RetryInput = members({
  ProductId: named().optional(),
  ApplyAll: flag,
  PaymentId: named().optional(),
  Id: named().optional(),
  ChangeReflectionDate: flag,
  ReflectionDate: unread(day()),
});
type Asked = z.output<typeof RetryInput>;

/** One address stands for three services: the member that is there tells which one is meant. */
function nameOf({ Id, PaymentId, ProductId, ApplyAll }: Asked): RetryName {
  if (Id !== undefined) return { earning: Id };
  if (PaymentId !== undefined) return { sale: PaymentId };
  if (ProductId !== undefined) return { product: ProductId, withPlatform: ApplyAll };
  return refuse("invalid_input", { field: "Id", problem: "missing" });
}

/** The day counts only where the switch says so. */
function dayOf({ ChangeReflectionDate, ReflectionDate }: Asked): string | undefined {
  if (!ChangeReflectionDate) return undefined;
  return ReflectionDate ?? refuseMarket("date_passed");
}

const retryAt = (last: string): Service<typeof RetryInput> => ({
  method: "PUT",
  path: `/api/paywall/marketplace/earning/put/retry/${last}`,
  summary: "Pay again what a transfer failed to pay",
  pair: "paywall_public",
  input: RetryInput,
  async run({ marketplace }, { caller }, input) {
    await retry(marketplace, caller.merchant, nameOf(input), dayOf(input));
    return ok();
  },
});

/** The documents show the first address for all three; the others are read by their names. */
export const retryServices: readonly Service<z.ZodType>[] = ["product", "payment", "id"].map(
  (last) => service(retryAt(last)),
);
