import { offersFor } from "../../../checkout/offers.rules.ts";
import type { Currency } from "../../../lib/money.ts";
import { refuseMarket } from "../../../lib/refusal.ts";
import { taxedPpm } from "../../../merchants/commission.rules.ts";
import type { Merchant } from "../../../merchants/index.ts";
import { type CardFacts, factsOfBin } from "../../../vault/bin.rules.ts";
import { bankNameOf } from "../../../vault/index.ts";
import type { Service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { currency, flag, money, needed, percentOf, positive, whole } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { cardShown, familyIdOf, OTHER_BANK } from "./query.wire.ts";
import { paysIn } from "./settlement-day.ts";

const bin = needed("card_number_wrong").refine((digits) => /^\d{6,8}$/.test(digits), {
  error: "card_number_wrong",
});

const InstallmentInput = members({
  CurrencyId: currency(),
  Amount: positive(),
  BinNumber: bin.optional(),
  DistinctDuplicates: flag,
  EndOfTheDay: whole().optional(),
});

/** Refuses `card_number_wrong` for digits of no scheme. */
const factsOf = (digits: string): CardFacts =>
  factsOfBin(digits) ?? refuseMarket("card_number_wrong");

type Price = Readonly<{ amountMinor: bigint; currency: Currency }>;

/**
 * The price of each number of instalments. The platform says what the card pays, so nothing comes
 * on top; one contract takes a card, so no number comes twice.
 */
const optionsOf = (merchant: Merchant, facts: CardFacts, price: Price) =>
  offersFor(merchant, facts, price, { addCommission: false }).map((offer) => ({
    Installment: offer.instalments === 0 ? 1 : offer.instalments,
    Commission: percentOf(taxedPpm(offer.ratePpm, merchant.commissionTaxPpm)),
    Interest: percentOf(0n),
    RawAmount: money(price.amountMinor),
    InterestAmount: money(offer.amountMinor),
  }));

const openFamilies = (merchant: Merchant): string[] => {
  const open = merchant.pos.filter((pos) => pos.isOpen).map((pos) => pos.bankId);
  return [...new Set([...open, OTHER_BANK])];
};

const cardMembers = (facts: CardFacts) => {
  const { bank, brand, family, kind, type } = cardShown(facts);
  return { CardBank: bank, CardBrand: brand, CardFamily: family, CardKind: kind, CardType: type };
};

/** What instalments cost: of one card an object, of every programme an array. */
export const installment: Service<typeof InstallmentInput> = {
  method: "GET",
  path: "/api/paywall/installment",
  summary: "What instalments cost",
  pair: "paywall_public",
  input: InstallmentInput,
  async run(deps, { caller: { merchant } }, asked) {
    const { BinNumber: digits, EndOfTheDay: id = 0 } = asked;
    const price = { amountMinor: asked.Amount, currency: asked.CurrencyId };
    const facts = digits === undefined ? undefined : factsOf(digits);
    const isOffered = await paysIn(deps, merchant, id);
    const options = (card: CardFacts) => (isOffered ? optionsOf(merchant, card, price) : []);
    if (facts) return ok({ ...cardMembers(facts), Options: options(facts) });
    const rows = openFamilies(merchant).map((bankId) => ({
      CardFamilyId: familyIdOf(bankId),
      CardFamily: bankNameOf(bankId),
      Option: options({ brand: "VISA", type: "cc", bankId }),
    }));
    return ok(rows.filter(({ Option }) => Option.length > 0));
  },
};

const BinInput = members({ BinNumber: bin });

export const binInquiry: Service<typeof BinInput> = {
  method: "GET",
  path: "/api/paywall/bin/inquiry",
  summary: "What the first digits of a card tell",
  pair: "paywall_public",
  input: BinInput,
  run: async (_deps, _call, { BinNumber }) => ok({ BinNumber, ...cardMembers(factsOf(BinNumber)) }),
};
