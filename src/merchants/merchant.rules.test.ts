import { describe, expect, test } from "vitest";
import type { PosId } from "../lib/id.ts";
import { Refusal } from "../lib/refusal.ts";
import { Secret } from "../lib/secret.ts";
import { type Merchant, type MerchantPos, routeCard, timeOf } from "./merchant.rules.ts";

const pos = (bankId: string, more: Partial<MerchantPos> = {}): MerchantPos => ({
  id: `pos_${bankId}` as PosId,
  dialect: "nestpay",
  bankId,
  bankName: bankId,
  baseUrl: "https://bank.example",
  clientId: "1",
  user: "api",
  password: new Secret(""),
  storeKey: new Secret(""),
  isDefault: false,
  isOpen: true,
  acceptsHalfSecure: false,
  threeDModel: "3d",
  ...more,
});

const merchant: Merchant = {
  id: "mer_1",
  companyCode: "10001",
  name: "Örnek",
  mode: "sandbox",
  isBlocked: false,
  clockOffsetMs: 90_000,
  maySellWithout3d: true,
  needsCardCode: false,
  mayCallInside: false,
  drawGapMinutes: 120,
  commissionTaxPpm: 200_000n,
  companySharePpm: 1_000_000n,
  pos: [pos("AXSS", { isDefault: true }), pos("BONS"), pos("WRLD", { isOpen: false })],
  rates: new Map([
    ["AXSS:cc:0", 20_000n],
    ["BONS:cc:0", 21_000n],
    ["BONS:cc:3", 35_000n],
    ["WRLD:cc:0", 22_000n],
    ["ZDGR:cc:0", 25_000n],
    ["ZDGR:cc:3", 45_000n],
  ]),
};

const lira = { currency: "TRY" } as const;
const route = (bankId: string, instalments: number, at = merchant) => {
  const { pos: chosen, ratePpm } = routeCard(at, { bankId, type: "cc" }, instalments, lira);
  return [chosen.bankId, ratePpm];
};
const refusal = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
  }
  return undefined;
};

test("a card goes to its own programme's contract", () => {
  expect(route("BONS", 0)).toEqual(["BONS", 21_000n]);
  expect(route("BONS", 3)).toEqual(["BONS", 35_000n]);
});

test("any other card is a single payment on the default contract, at other banks' rate", () => {
  expect(route("ZDGR", 0)).toEqual(["AXSS", 25_000n]);
  expect(route("MAXM", 0)).toEqual(["AXSS", 25_000n]);
});

test("a closed contract takes no card", () => {
  expect(route("WRLD", 0)).toEqual(["AXSS", 25_000n]);
});

test("instalments on another bank's card are refused even where a rate is named", () => {
  expect(refusal(() => route("MAXM", 3))).toBe("instalment_not_offered");
});

test("instalments in another currency than lira are refused, single payments are not", () => {
  const dollars = { currency: "USD" } as const;
  const bonus = { bankId: "BONS", type: "cc" } as const;
  expect(refusal(() => routeCard(merchant, bonus, 3, dollars))).toBe("instalment_not_offered");
  expect(routeCard(merchant, bonus, 0, dollars).ratePpm).toBe(21_000n);
});

test("a plan without a rate is refused", () => {
  expect(refusal(() => route("BONS", 6))).toBe("instalment_not_offered");
  const debit = { bankId: "BONS", type: "dc" } as const;
  expect(refusal(() => routeCard(merchant, debit, 0, lira))).toBe("instalment_not_offered");
});

test("without a default contract only cards of own programmes are taken", () => {
  const lone = { ...merchant, pos: [pos("BONS")] };
  expect(route("BONS", 0, lone)).toEqual(["BONS", 21_000n]);
  expect(refusal(() => route("ZDGR", 0, lone))).toBe("instalment_not_offered");
});

describe("among chosen contracts", () => {
  const among = (bankIds: readonly string[], bankId: string, instalments = 0) => {
    const ids = merchant.pos.filter((each) => bankIds.includes(each.bankId)).map(({ id }) => id);
    return routeCard(merchant, { bankId, type: "cc" }, instalments, { ...lira, among: ids });
  };

  test("any other card is a single payment on one of them, at other banks' rate", () => {
    expect(among(["BONS"], "AXSS")).toMatchObject({ pos: { bankId: "BONS" }, ratePpm: 25_000n });
    expect(among(["BONS", "AXSS"], "ZDGR").pos.bankId).toBe("AXSS");
    expect(refusal(() => among(["BONS"], "AXSS", 3))).toBe("instalment_not_offered");
  });

  test("a card's own contract counts where it was chosen, a closed one never", () => {
    expect(among(["AXSS", "BONS"], "BONS", 3).pos.bankId).toBe("BONS");
    expect(refusal(() => among(["WRLD"], "WRLD"))).toBe("instalment_not_offered");
    expect(refusal(() => among([], "BONS"))).toBe("instalment_not_offered");
  });
});

test("a merchant's time is ahead of the real one by its offset", () => {
  const real = new Date("2026-03-04T09:00:00Z");
  expect(timeOf(merchant, real)).toEqual(new Date("2026-03-04T09:01:30Z"));
});
