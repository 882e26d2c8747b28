import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { createOrder } from "../../../support/orders.ts";
import { shopOrdersOf } from "../../../support/shop-orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const mainFirm = { agent_id: "10001" };
const day = { datab: "2026-03-04", datbi: "2026-03-04" };

describe("an agent_id of 0 names none", () => {
  test.each([0, "0"])("in a payment and a form's session: %j", async (agent_id) => {
    expect((await world.pay({ agent_id })).body).toMatchObject({ is_succeed: true, ...mainFirm });
    expect(await formsOf(world).open({ agent_id })).not.toBe("");
  });

  test("in a regular payment order and in a link", async () => {
    const shop = shopOrdersOf(world);
    expect(await shop.detail(await shop.made({ agent_id: 0 }))).toMatchObject(mainFirm);
    const link = { name_surname: "Ece Tan", amount: "10", reference_no: "L-1", agent_id: 0 };
    const { body } = await world.post("v1/mailorder/create", link);
    const shown = await world.post("v1/mailorder/detail", { id: body["id"] });
    expect(shown.body).toMatchObject({ code: 0, ...mainFirm });
  });

  test("in lists, which then show what they show without it", async () => {
    const { id: subscription_id } = await createOrder(world);
    await world.pay({ agent_id: "20001" });
    for (const [path, ask] of [
      ["v1/transaction/list", day],
      ["v1/transaction/reversal_list", day],
      ["v1/mailorder/list", day],
      ["v1/ratio/Get", {}],
      ["v1/subscription/list", day],
      ["v1/subscription/invoice_list", { subscription_id }],
      ["v1/subscription/card_info_filter", {}],
    ] as const) {
      const [plain, none] = [
        await world.post(path, ask),
        await world.post(path, { ...ask, agent_id: 0 }),
      ];
      expect(none.body).toEqual(plain.body);
      expect((await world.post(path, { ...ask, agent_id: "00" })).body["code"]).toBe(4);
    }
  });

  test("unless an agent has that very code: its payment is never the main firm's", async () => {
    const agents = [{ code: "0", name: "Sıfır Bayi" }];
    const { secretKey } = await firmsOf(world).another("10041", { agents });
    const key = { authorization: `Basic ${secretKey}` };
    expect((await world.pay({ agent_id: 0 }, key)).body).toMatchObject({ agent_id: "0" });
  });
});
