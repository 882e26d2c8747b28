import type { z } from "zod";
import type { Db } from "../../../db/pool.ts";
import type { MerchantId } from "../../../lib/id.ts";
import type { MarketProblem } from "../../../lib/market-problem.ts";
import { Refusal, refuseMarket } from "../../../lib/refusal.ts";
import { checkEmail, checkPhone } from "../../../messaging/recipient.rules.ts";
import { listPooledCustomers, listPooledItems } from "../../../subscriptions/index.ts";
import {
  ITEM_TYPE_MAX,
  type RecurringCustomer,
  type RecurringTerms,
} from "../../../subscriptions/recurring.rules.ts";
import type { CustomerInput, ItemInput } from "./recurring.wire.ts";

const one = { offset: 0, limit: 1, isDescending: false };

/** Runs a check of ours; whatever is wrong is one problem on this wire. */
function checked(problem: MarketProblem, check: () => string): string {
  try {
    return check();
  } catch (error) {
    if (error instanceof Refusal) return refuseMarket(problem);
    throw error;
  }
}

/**
 * Who pays: written out, or by the number of a customer in the pool, which counts then. Refuses
 * with a problem of each member, and `recurring_name_missing` for a number that leads nowhere.
 */
export async function customerOf(
  db: Db,
  merchant: MerchantId,
  asked: z.output<typeof CustomerInput>,
): Promise<RecurringCustomer> {
  const { SubscriptionCustomerPoolId: id } = asked;
  if (id !== 0n) {
    const [found] = (await listPooledCustomers(db, merchant, { id }, one)).rows;
    if (!found) return refuseMarket("recurring_name_missing");
    const { id: _id, firstAt: _firstAt, ...customer } = found;
    return customer;
  }
  const phone = asked.Phone;
  const email = asked.Email;
  return {
    name: asked.Name || refuseMarket("recurring_name_missing"),
    lastname: asked.Lastname || refuseMarket("recurring_lastname_missing"),
    phone: checked("recurring_phone_wrong", () => checkPhone("", phone)),
    email: checked("recurring_email_wrong", () => checkEmail("", email)),
    country: asked.Country || refuseMarket("recurring_country_missing"),
    city: asked.City || refuseMarket("recurring_city_missing"),
    address: asked.Address || refuseMarket("recurring_address_missing"),
  };
}

type Item = RecurringTerms["items"][number];

/** One item: written out, or of the pool, at its amount there where no other is said. */
async function itemOf(
  db: Db,
  merchant: MerchantId,
  asked: z.output<typeof ItemInput>,
): Promise<Item> {
  const { SubscriptionItemPoolId: id, Type: type, Name, Amount } = asked;
  if (id !== 0n) {
    const [found] = (await listPooledItems(db, merchant, { id }, one)).rows;
    if (!found) return refuseMarket("recurring_item_name_missing");
    const amountMinor = Amount ?? BigInt(found.amountMinor);
    return { type: found.type, name: found.name, amountMinor };
  }
  const isType = type !== undefined && type >= 1 && type <= ITEM_TYPE_MAX;
  return {
    type: isType ? type : refuseMarket("recurring_item_type_wrong"),
    name: Name || refuseMarket("recurring_item_name_missing"),
    amountMinor: Amount ?? refuseMarket("recurring_item_amount_wrong"),
  };
}

/** What is paid for. Refuses with a problem of each member of an item. */
export async function itemsOf(
  db: Db,
  merchant: MerchantId,
  asked: readonly z.output<typeof ItemInput>[],
): Promise<Item[]> {
  const items: Item[] = [];
  for (const each of asked) items.push(await itemOf(db, merchant, each));
  return items;
}
