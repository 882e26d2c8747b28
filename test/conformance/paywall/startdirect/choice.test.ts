import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asOwner } from "../../../support/database.ts";
import { type MarketPayers, marketPayersOf, toldIn } from "../../../support/market-payers.ts";
import { type Paywall, paywallOf } from "../../../support/paywall.ts";
import { enrolMembers, saleCode, sellOn, soldOn } from "../../../support/sales.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
let wire: Paywall;
let shop: MarketPayers;
beforeAll(async () => {
  world = await createWorld();
  wire = paywallOf(world);
  await enrolMembers(world);
  shop = marketPayersOf(world, wire);
});
afterAll(async () => {
  await world.isSound();
  await world.close();
});

type Gateway = Readonly<{ PaymentGatewayId: number; PaymentGatewayName: string }>;
/** Who took the payment of a code, as the query tells. */
async function gatewayOf(code: string): Promise<Gateway> {
  const path = "api/paywall/private/query";
  const { Body } = await wire.get<{ Paywall: Gateway }>(path, { merchantuniquecode: code });
  return Body.Paywall;
}

/** The numbers of contracts as queries show them, by their banks' names. */
async function gateways(): Promise<Map<string, number>> {
  const rows = await world.db.kysely
    .selectFrom("pos_accounts")
    .select(["bank_name"])
    .orderBy("id")
    .execute();
  return new Map(rows.map(({ bank_name }, i) => [bank_name, i + 1]));
}

const wrld = { ProviderBased: true, ProviderKey: "WRLD" };
const took = async (detail: object) => {
  const { MerchantUniqueKey } = await soldOn(wire, { detail });
  return (await gatewayOf(MerchantUniqueKey)).PaymentGatewayName;
};
const isRefused = (ErrorCode: number) => ({ status: 200, ErrorCode, Result: false, Body: null });

describe("a payment", () => {
  test("goes by the contract that its PosId names, whatever its card is of", async () => {
    const all = await gateways();
    expect(await took({})).toBe("Axess");
    expect(await took({ PosBased: true, PosId: all.get("WorldCard") })).toBe("WorldCard");
    // A contract that was changed lies elsewhere in the table, and keeps its number.
    await world.db.pool.query(
      "update pos_accounts set bank_name = bank_name where bank_id = 'AXSS'",
    );
    await asOwner(world.database.ownerUrl, "analyze pos_accounts");
    world.deps.reception.forgetAll();
    expect(await took({ PosBased: true, PosId: all.get("Axess") })).toBe("Axess");
    // A number that nobody asks to go by is no choice.
    expect(await took({ PosBased: false, PosId: all.get("WorldCard") })).toBe("Axess");
  });

  test("goes by the provider of its key: a bank by letters or name, or a protocol", async () => {
    const by = (ProviderKey: string) => took({ ProviderBased: true, ProviderKey });
    expect(await by("wrld")).toBe("WorldCard");
    expect(await by("WORLDCARD")).toBe("WorldCard");
    expect(await by("NestPay")).toBe("Axess");
  });

  test("goes by the same contract after 3-D Secure", async () => {
    const { code, page } = await shop.through({ detail: wrld });
    expect(toldIn(page.form)["status"]).toBe("Success");
    expect((await gatewayOf(code)).PaymentGatewayName).toBe("WorldCard");
  });

  test("goes by those that pay on the day that was asked for", async () => {
    expect(await took({ EndOfTheDay: 1 })).toBe("Axess");
    expect(await took({ EndOfTheDay: 0 })).toBe("Axess");
  });
});

describe("a choice that leaves nobody", () => {
  test.each([
    ["a key of no provider", { ProviderBased: true, ProviderKey: "Nobody" }, 3],
    ["no key", { ProviderBased: true }, 3],
    ["a PosId of no contract", { PosBased: true, PosId: 99 }, 24],
    ["no PosId", { PosBased: true }, 24],
    ["a day on which none pays", { EndOfTheDay: 2 }, 5],
    ["a day that is none", { EndOfTheDay: 31 }, 2],
    ["instalments on a contract of another programme", { ...wrld, Installment: 3 }, 9],
  ])("is refused: %s", async (_what, detail, code) => {
    expect(await sellOn(wire, { detail })).toMatchObject(isRefused(code));
    expect(await shop.start({ detail })).toMatchObject(isRefused(code));
  });

  test("is refused where provider and contract are not the same", async () => {
    const PosId = (await gateways()).get("Axess");
    const detail = { ...wrld, PosBased: true, PosId };
    expect(await sellOn(wire, { detail })).toMatchObject(isRefused(5));
  });

  test("leaves the code free", async () => {
    const MerchantUniqueCode = saleCode();
    const detail = { MerchantUniqueCode, PosBased: true, PosId: 99 };
    expect(await sellOn(wire, { detail })).toMatchObject(isRefused(24));
    expect(await sellOn(wire, { detail: { MerchantUniqueCode } })).toMatchObject({ ErrorCode: 0 });
  });
});
