import type { MerchantId } from "../lib/id.ts";
import { timeOf } from "../merchants/merchant.rules.ts";
import type { PayoutsDeps } from "./deps.ts";

/** A merchant's own time, as its clock stands now. */
export const merchantTime = async (deps: PayoutsDeps, merchant: MerchantId): Promise<Date> =>
  timeOf(await deps.merchantOf(merchant), deps.clock());
