import type { z } from "zod";
import type { PosId } from "../../../lib/id.ts";
import { refuseMarket } from "../../../lib/refusal.ts";
import type { Merchant, MerchantPos } from "../../../merchants/merchant.rules.ts";
import type { PaywallDeps } from "../deps.ts";
import { flag, text, whole } from "../wire/formats.ts";
import { paysIn } from "./settlement-day.ts";

const KEY_MAX = 100;

/**
 * The members by which a client chooses who takes its payment. Regions, and the routes of a panel
 * (`RegionId`, `PayRoute…`), are read by nobody: there are no routes here to go by or around.
 */
export const choiceMembers = {
  EndOfTheDay: whole().optional(),
  ProviderBased: flag,
  ProviderKey: text(KEY_MAX),
  PosBased: flag,
  PosId: whole().optional(),
};
export type Choice = z.output<z.ZodObject<typeof choiceMembers>>;

const isNamed = (pos: MerchantPos, key: string): boolean =>
  [pos.dialect, pos.bankId, pos.bankName].some((name) => isSame(name, key));
const isSame = (name: string, other: string): boolean =>
  name.localeCompare(other, "en", { sensitivity: "base" }) === 0;

/**
 * The contract of a `PosId`: what the query calls `PaymentGatewayId`. Refuses
 * `provider_not_connected` for a number of none, and of one that is closed.
 */
function posOf(merchant: Merchant, id: number): PosId {
  const pos = merchant.pos[id - 1];
  return pos?.isOpen ? pos.id : refuseMarket("provider_not_connected");
}

/**
 * The contracts of a `ProviderKey`: a protocol, or a bank by its four letters or its name. Refuses
 * `provider_unknown` where no open one is called so.
 */
function posOfProvider(merchant: Merchant, key: string): readonly PosId[] {
  const found = merchant.pos.filter((pos) => pos.isOpen && isNamed(pos, key));
  return found.length > 0 ? found.map(({ id }) => id) : refuseMarket("provider_unknown");
}

/**
 * The contracts that may take a payment; `undefined` where the client left the choice. Refuses as
 * `posOf` and `posOfProvider`, `no_provider` where none of them is left or none pays on the day
 * that was asked for, and `invalid_input` for an `EndOfTheDay` that stands for no number of days.
 */
export async function chosenAmong(
  deps: PaywallDeps,
  merchant: Merchant,
  choice: Choice,
): Promise<readonly PosId[] | undefined> {
  if (!(await paysIn(deps, merchant, choice.EndOfTheDay ?? 0))) return refuseMarket("no_provider");
  const provider = choice.ProviderBased ? posOfProvider(merchant, choice.ProviderKey) : undefined;
  if (!choice.PosBased) return provider;
  const pos = posOf(merchant, choice.PosId ?? 0);
  return provider?.includes(pos) === false ? refuseMarket("no_provider") : [pos];
}
