import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  // The examples of the documentation are older than the tax of today.
  world = await createWorld({ merchant: { commissionTaxPpm: 180_000n } });
});
afterAll(() => world.close());

test("813,75 at two per cent and 18 % tax falls apart as the documentation shows it", async () => {
  const paid = await world.pay({ amount: "813,75" });
  const found = await world.post("v1/transaction/detail", { xact_id: paid.body["xact_id"] });
  expect(found.body["Data"]).toMatchObject([
    {
      ratio: 0.02,
      amount: 813.75,
      comission: 16.28,
      comission_tax: 2.93,
      netAmount: 794.54,
      company_amount: 813.75,
      company_commission_with_tax: 19.2104,
      company_net_amount: 794.5396,
      agent_amount: 0,
      agent_net_amount: 0,
    },
  ]);
});

test.each([
  [0, 0.02, 10.24, 0.2],
  [2, 0.03, 10.37, 0.31],
])("ten lira net in %i instalments at %d draw %d, %d of it commission", async (...row) => {
  const [instalment, ratio, amount, comission] = row;
  const paid = await world.pay({ amount: "10,00", add_commission: true, instalment });
  expect(paid.body).toMatchObject({
    ratio,
    amount,
    comission,
    net_amount: 10,
    end_user_ratio: ratio,
  });
});

test("parts of a dealer's sale show no trace of binary fractions", async () => {
  const paid = await world.pay({ amount: "100,30", company_amount: "50,10", agent_id: "20001" });
  expect(paid.body).toMatchObject({ company_amount: 50.1, agent_amount: 50.2 });
  const found = await world.post("v1/transaction/detail", { xact_id: paid.body["xact_id"] });
  const [row] = found.body["Data"] as Record<string, number>[];
  const cents = (name: string) => Math.round(row![name]! * 10_000);
  expect(cents("company_amount") + cents("agent_amount")).toBe(cents("amount"));
  expect(cents("company_commission") + cents("agent_commission")).toBe(cents("comission"));
});
