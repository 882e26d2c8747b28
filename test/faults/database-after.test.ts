import type { KyselyPlugin, RootOperationNode } from "kysely";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Deps } from "../../src/main/deps.ts";
import { cardEntriesOf } from "../support/entered-cards.ts";
import { type MarketPayers, marketPayersOf } from "../support/market-payers.ts";
import { payerOf } from "../support/payer.ts";
import { type Paywall, paywallOf } from "../support/paywall.ts";
import { enrolMembers, type SaleBody, sellOn } from "../support/sales.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";

/** The database is gone for a statement of that kind that holds this. */
let goneFor: Readonly<{ kind: RootOperationNode["kind"]; holding: string }> | undefined;
/** Those that it was gone for. */
let missed = 0;
const GONE = "ECONNREFUSED";
/** Others hold the rows for longer than is waited. */
const HELD = "55P03";
/** How it says so. */
let says = GONE;

const textOf = (node: unknown): string =>
  JSON.stringify(node, (_, value) => (typeof value === "bigint" ? String(value) : value));

const failing: KyselyPlugin = {
  transformQuery({ node }) {
    if (goneFor?.kind === node.kind && textOf(node).includes(goneFor.holding)) {
      missed += 1;
      throw Object.assign(new Error(says), { code: says });
    }
    return node;
  },
  transformResult: async ({ result }) => result,
};

function wrap(deps: Deps): Deps {
  const db = { ...deps.db, kysely: deps.db.kysely.withPlugin(failing) };
  const checkout = { ...deps.checkout, db };
  return { ...deps, db, checkout, marketplace: { ...deps.marketplace, db } };
}

let world: TestWorld;
let wire: Paywall;
let shop: MarketPayers;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: wrap });
  wire = paywallOf(world);
  await enrolMembers(world);
  shop = marketPayersOf(world, wire);
});
afterAll(() => world.close());
afterEach(async () => {
  goneFor = undefined;
  expect(missed).toBeGreaterThan(0);
  missed = 0;
  await expectSound(world);
});

test("a sale is paid though the database goes before its entered card is forgotten", async () => {
  const { entered } = cardEntriesOf(world, wire);
  const card = {
    ...{ OwnerName: "", Number: "", ExpireMonth: "", ExpireYear: "" },
    TempCardToken: await entered(),
  };
  goneFor = { kind: "UpdateQueryNode", holding: '"cards"' };
  const paid = await sellOn(wire, { card });
  expect(paid).toMatchObject({ status: 200, ErrorCode: 0, Result: true });
  const code = (paid as { Body: SaleBody }).Body.Payment.MerchantUniqueKey;
  expect(await shop.standing(code)).toBe(1);
  goneFor = undefined;
  expect(await sellOn(wire, { card })).toMatchObject({ ErrorCode: 18, Result: false });
});

test("a payment is made though the database goes before the bank's proof is dropped", async () => {
  const payer = payerOf(world);
  const { names } = await payer.goThrough(await payer.start());
  goneFor = { kind: "UpdateQueryNode", holding: '"proof"' };
  expect((await payer.charge(names)).body).toMatchObject({ code: 0, is_succeed: true });
  goneFor = undefined;
  expect((await payer.charge(names)).body).toMatchObject({ code: 100, is_succeed: true });
});

test.each([
  ["the database is gone", GONE],
  ["others hold its rows", HELD],
])(
  "a sale of which nobody can be told, as %s, is in doubt, and is collected later",
  async (_, how) => {
    says = how;
    const { code } = await shop.through({ detail: { Half3D: true } });
    goneFor = { kind: "RawNode", holding: "mark_told" };
    expect(await shop.end(code)).toMatchObject({ status: 200, ErrorCode: 92, Result: false });
    goneFor = undefined;
    expect(await shop.end(code)).toMatchObject({ ErrorCode: 0, Result: true });
  },
);
