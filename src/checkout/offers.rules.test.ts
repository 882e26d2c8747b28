import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleMerchant } from "../../test/support/sample.ts";
import { feesInside, feesOnTop } from "../merchants/commission.rules.ts";
import type { Merchant } from "../merchants/merchant.rules.ts";
import type { CardFacts } from "../vault/bin.rules.ts";
import { chosenOffer, offerKey, offersFor } from "./offers.rules.ts";

const [pos] = sampleMerchant.pos;
const bankIds = ["AXSS", "BONS", "ZDGR"] as const;
const types = ["cc", "bc", "dc"] as const;
const cards: fc.Arbitrary<CardFacts> = fc.record({
  brand: fc.constantFrom("VISA", "MASTERCARD", "TROY"),
  type: fc.constantFrom(...types),
  bankId: fc.constantFrom("AXSS", "BONS", "WRLD", "ZDGR"),
});
const rate = fc.tuple(
  fc.constantFrom(...bankIds),
  fc.constantFrom(...types),
  fc.integer({ min: 0, max: 12 }).filter((count) => count !== 1),
  fc.bigInt({ min: 0n, max: 200_000n }),
);
/** Merchants with two contracts and any rates; a contract may be closed. */
const merchants = fc
  .tuple(fc.array(rate, { maxLength: 60 }), fc.boolean(), fc.bigInt({ min: 0n, max: 250_000n }))
  .map(([rates, isOpen, commissionTaxPpm]): Merchant => {
    const named = rates.map(([bankId, type, count, ppm]) => [`${bankId}:${type}:${count}`, ppm]);
    const second = { ...pos!, id: "pos_2" as const, bankId: "BONS", isDefault: false, isOpen };
    return {
      ...sampleMerchant,
      ...{ pos: [pos!, second], commissionTaxPpm, rates: new Map(named as [string, bigint][]) },
    };
  });
const amounts = fc.bigInt({ min: 1n, max: 99_999_999n });
const terms = fc.record(
  {
    addCommission: fc.boolean(),
    instalments: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 6 }),
    bankId: fc.constantFrom("AXSS", "BONS", "WRLD"),
  },
  { requiredKeys: ["addCommission"] },
);
const lira = (amountMinor: bigint) => ({ amountMinor, currency: "TRY" }) as const;
const asked = fc.tuple(merchants, cards, amounts, terms);

describe("offers", () => {
  test("in another currency are single payments alone", () => {
    const property = fc.property(asked, ([merchant, facts, amountMinor, { addCommission }]) => {
      const offers = offersFor(
        merchant,
        facts,
        { amountMinor, currency: "USD" },
        { addCommission },
      );
      const singles = offersFor(merchant, facts, lira(amountMinor), {
        ...{ addCommission, instalments: [0] },
      });
      expect(offers).toEqual(singles);
    });
    fc.assert(property);
  });

  test("hold the price that the fees say, inside or on top, to the kuruş", () => {
    const property = fc.property(asked, ([merchant, facts, amountMinor, wanted]) => {
      for (const offer of offersFor(merchant, facts, lira(amountMinor), wanted)) {
        const { ratePpm, netMinor, commissionMinor, taxMinor, instalments } = offer;
        const fees = wanted.addCommission ? feesOnTop : feesInside;
        const priced = fees(amountMinor, ratePpm, merchant.commissionTaxPpm);
        expect(offer).toMatchObject(priced);
        expect(netMinor + commissionMinor + taxMinor).toBe(offer.amountMinor);
        expect(wanted.addCommission ? netMinor : offer.amountMinor).toBe(amountMinor);
        const count = BigInt(instalments || 1);
        const missed = offer.eachMinor * count - offer.amountMinor;
        expect(missed * 2n <= count && missed * 2n >= -count).toBe(true);
        const bank = offer.pos.bankId === facts.bankId ? facts.bankId : "ZDGR";
        expect(ratePpm).toBe(merchant.rates.get(`${bank}:${facts.type}:${instalments}`));
      }
    });
    fc.assert(property);
  });
  test("stand in rising order, each number of instalments once, none of one instalment", () => {
    const property = fc.property(asked, ([merchant, facts, amountMinor, wanted]) => {
      const counts = offersFor(merchant, facts, lira(amountMinor), wanted).map(
        (it) => it.instalments,
      );
      expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
      expect(counts).not.toContain(1);
    });
    fc.assert(property);
  });
  test("keep to the list of the terms, and fall back on the single payment alone", () => {
    const property = fc.property(asked, ([merchant, facts, amountMinor, wanted]) => {
      const { instalments: _, ...free } = wanted;
      const all = offersFor(merchant, facts, lira(amountMinor), free);
      const listed = offersFor(merchant, facts, lira(amountMinor), wanted);
      const allowed = all.filter((it) => wanted.instalments?.includes(it.instalments) ?? true);
      const single = all.filter((it) => it.instalments === 0);
      expect(listed).toEqual(allowed.length > 0 ? allowed : single);
    });
    fc.assert(property);
  });
  test("are none for a card of another programme than the one that is taken", () => {
    const property = fc.property(asked, ([merchant, facts, amountMinor, wanted]) => {
      const offers = offersFor(merchant, facts, lira(amountMinor), wanted);
      if (wanted.bankId && wanted.bankId !== facts.bankId) expect(offers).toEqual([]);
    });
    fc.assert(property);
  });
  test("of instalments come from an open contract of the card's own programme", () => {
    const property = fc.property(asked, ([merchant, facts, amountMinor, wanted]) => {
      for (const { instalments, pos: by } of offersFor(
        merchant,
        facts,
        lira(amountMinor),
        wanted,
      )) {
        expect(by.isOpen).toBe(true);
        if (instalments > 1) expect(by.bankId).toBe(facts.bankId);
      }
    });
    fc.assert(property);
  });
});

describe("the key of an offer", () => {
  test("finds its offer among those of its card, and no two have one key", () => {
    const property = fc.property(asked, ([merchant, facts, amountMinor, wanted]) => {
      const offers = offersFor(merchant, facts, lira(amountMinor), wanted);
      const keys = offers.map((offer) => offerKey(facts, offer));
      expect(new Set(keys).size).toBe(offers.length);
      for (const [i, key] of keys.entries()) {
        expect(key).toMatch(/^ji_EAAAA[\w-]+$/);
        expect(chosenOffer(offers, facts, key)).toBe(offers[i]);
      }
    });
    fc.assert(property);
  });
  test("finds nothing for another amount, card, commission or rate: what was shown is paid", () => {
    const property = fc.property(
      asked,
      asked,
      ([merchant, facts, amount, wanted], [, card, sum]) => {
        const offers = offersFor(merchant, facts, lira(amount), wanted);
        const first = offers[0];
        fc.pre(first !== undefined);
        const key = offerKey(facts, first);
        const dearer = { ...merchant, rates: new Map([...merchant.rates].map(raised)) };
        const others = [
          ...(sum === amount ? [] : [offersFor(merchant, facts, lira(sum), wanted)]),
          offersFor(dearer, facts, lira(amount), wanted),
        ];
        for (const other of others) {
          const found = other.find((it) => offerKey(facts, it) === key);
          // With commission on top another sum may round to the same total, at the same rate.
          if (found)
            expect([found.amountMinor, found.ratePpm]).toEqual([first.amountMinor, first.ratePpm]);
        }
        const isOther = card.bankId !== facts.bankId || card.type !== facts.type;
        if (isOther) {
          const theirs = offersFor(merchant, card, lira(amount), wanted);
          expect(() => chosenOffer(theirs, card, key)).toThrow(notOffered);
        }
      },
    );
    fc.assert(property);
  });
  test("that is missing means the single payment, where there is one", () => {
    const property = fc.property(asked, ([merchant, facts, amountMinor, wanted]) => {
      const offers = offersFor(merchant, facts, lira(amountMinor), wanted);
      const single = offers.find((it) => it.instalments === 0);
      if (single) expect(chosenOffer(offers, facts, undefined)).toBe(single);
      else expect(() => chosenOffer(offers, facts, undefined)).toThrow(notOffered);
    });
    fc.assert(property);
  });
  test("may be any text at all, and is refused", () => {
    const property = fc.property(asked, fc.string(), ([merchant, facts, amount, wanted], text) => {
      const offers = offersFor(merchant, facts, lira(amount), wanted);
      fc.pre(text !== "");
      for (const key of [text, `ji_EAAAA${text}`]) {
        expect(() => chosenOffer(offers, facts, key)).toThrow(notOffered);
      }
    });
    fc.assert(property);
  });
});

const raised = ([name, ppm]: [string, bigint]): [string, bigint] => [name, ppm + 1n];
const notOffered = expect.objectContaining({ code: "instalment_not_offered" });
