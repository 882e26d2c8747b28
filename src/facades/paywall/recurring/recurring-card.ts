import { Refusal, refuseMarket } from "../../../lib/refusal.ts";
import type { Caller } from "../../../merchants/index.ts";
import {
  addRecurringCard,
  listRecurringCards,
  type RecurringCard,
  removeRecurringCard,
} from "../../../subscriptions/index.ts";
import type { Card } from "../../../vault/index.ts";
import { storedCard } from "../card/paying-card.ts";
import type { PaywallDeps } from "../deps.ts";
import { cardShown } from "../payment/query.wire.ts";
import { ok } from "../wire/envelope.ts";
import { named, text } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { recurringService } from "./recurring-admission.ts";

const PATH = "/card";

/**
 * A stored card by its code of today. Refuses `recurring_card_missing`, `recurring_card_expired`,
 * and as `storedCard`.
 */
export async function cardOf(deps: PaywallDeps, caller: Caller, code: string): Promise<Card> {
  if (code === "") return refuseMarket("recurring_card_missing");
  try {
    const asked = { UniqueCode: code, Cvv: undefined, ForceCvv: false };
    return (await storedCard(deps, caller, asked)).card;
  } catch (error) {
    const isExpired = error instanceof Refusal && error.code === "card_expired";
    return isExpired ? refuseMarket("recurring_card_expired") : Promise.reject(error);
  }
}

function shown({ place, card }: RecurringCard, at: number) {
  const facts = card && cardShown(card.facts);
  return {
    Id: Number(place.number),
    Priority: at + 1,
    CardNumber: place.mask,
    ExpiryMonth: card?.expiryMonth ?? 0,
    ExpiryYear: card?.expiryYear ?? 0,
    Type: facts?.type ?? null,
    Kind: facts?.kind ?? null,
    Bank: facts?.bank ?? null,
    Brand: facts?.brand ?? null,
    Family: facts?.family ?? null,
  };
}

const ListInput = members({ SubscriptionId: named("recurring_unknown") });

const list = recurringService<typeof ListInput>({
  method: "GET",
  path: PATH,
  summary: "Cards of a recurring payment",
  input: ListInput,
  async run({ subscriptions }, { caller }, { SubscriptionId: number }) {
    const cards = await listRecurringCards(subscriptions, caller.merchant, { number });
    return ok(cards.map(shown));
  },
});

const AddInput = members({ SubscriptionId: named("recurring_unknown"), UniqueCode: text() });

const add = recurringService<typeof AddInput>({
  method: "POST",
  path: PATH,
  summary: "Another card for a recurring payment",
  input: AddInput,
  async run(deps, { caller }, { SubscriptionId: number, UniqueCode }) {
    const card = await cardOf(deps, caller, UniqueCode);
    await addRecurringCard(deps.subscriptions, caller.merchant, { number }, card);
    return ok();
  },
});

const RemoveInput = members({ Id: named("recurring_card_missing") });

const remove = recurringService<typeof RemoveInput>({
  method: "DELETE",
  path: PATH,
  summary: "A card off a recurring payment",
  input: RemoveInput,
  async run({ subscriptions }, { caller }, { Id }) {
    await removeRecurringCard(subscriptions, caller.merchant, Id);
    return ok();
  },
});

export const recurringCardServices = [list, add, remove];
