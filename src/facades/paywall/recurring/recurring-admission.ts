import type { z } from "zod";
import { refuseMarket } from "../../../lib/refusal.ts";
import { findSettings } from "../../../marketplace/index.ts";
import { type Call, type PaywallDeps, type Service, service } from "../deps.ts";

const PATH = "/api/paywall/recurring";

/** Refuses `recurring_refused` to a marketplace: it has sales of its members to share instead. */
async function admits({ db }: PaywallDeps, { caller }: Call): Promise<void> {
  const isMarketplace = await findSettings(db, caller.merchant.id);
  if (isMarketplace) refuseMarket("recurring_refused");
}

/** A service of recurring payments, which are for accounts that are no marketplace. */
export const recurringService = <Input extends z.ZodType>(
  it: Omit<Service<Input>, "pair" | "admits">,
): Service<z.ZodType> =>
  service({ ...it, path: `${PATH}${it.path}`, pair: "paywall_public", admits });
