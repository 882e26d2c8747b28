import type { SaveAsk } from "../../../checkout/index.ts";
import type { MarketProblem } from "../../../lib/market-problem.ts";
import { refuseMarket } from "../../../lib/refusal.ts";
import { type Keyring, keyedHash } from "../../../lib/seal.ts";
import type { CardMembers } from "../payment/payment.wire.ts";

/** A merchant's own names for whose a card is; all three together are one owner. */
export type Relations = Readonly<{
  RelationalId1: string;
  RelationalId2: string;
  RelationalId3: string;
}>;

/** The owner of cards under exactly these names, as one short name of the product's own. */
export function houseOf(ring: Keyring, relations: Relations): string {
  const { RelationalId1, RelationalId2, RelationalId3 } = relations;
  const names = JSON.stringify([RelationalId1, RelationalId2, RelationalId3]);
  return `wall/${keyedHash(ring.cards, names).toString("hex")}`;
}

/** Where the card of a payment is to be stored. Refuses `card_detail_wrong` without an owner. */
export function saveOf(ring: Keyring, { CardSave: wish }: CardMembers): SaveAsk | undefined {
  if (!wish?.Save) return undefined;
  const problem: MarketProblem = "card_detail_wrong";
  if (!wish.RelationalId1) refuseMarket(problem);
  return { house: houseOf(ring, wish), description: wish.Nickname };
}
