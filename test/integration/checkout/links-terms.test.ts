import { afterAll, beforeAll, expect, test } from "vitest";
import { handleOf } from "../../../src/checkout/index.ts";
import { linkPayersOf } from "../../support/link-payers.ts";
import { payerOf } from "../../support/payer.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let links: ReturnType<typeof linkPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  links = linkPayersOf(world);
});
afterAll(() => world.close());

/** What anybody can send who has read a shop's page. */
const asBrowser = (path: string, session_id: string, more: object) => {
  const { publishableKey } = world.merchant;
  const body = { token: publishableKey, session_id, ...more };
  return world.post(`v1/paynetj/${path}`, body, { authorization: `Basic ${publishableKey}` });
};

test.each([
  ["auth_update", { amount: 1 }],
  ["save_card", { card_desc: "mine" }],
])("a payer changes nothing of a link by %s: the amount is the merchant's", async (path, more) => {
  const id = (await links.create({ amount: "500" })).body["id"];
  const came = await links.come(id);
  const refused = await asBrowser(path, handleOf(world.deps.ring, came.session), more);
  expect(refused).toMatchObject({ status: 400, body: { result_code: 13 } });
  const entered = await links.authenticate(await links.enter(came));
  expect((await links.complete(entered)).payment.amountMinor).toBe(50_000n);
});

test("nor of a payment that the shop's server began", async () => {
  const payer = payerOf(world);
  const started = await payer.start({ amount: "500,00" });
  const session = String(started.body["session_id"]);
  expect(await asBrowser("auth_update", session, { amount: 1 })).toMatchObject({ status: 400 });
  const { names } = await payer.goThrough(started);
  expect((await payer.charge(names)).body).toMatchObject({ is_succeed: true, amount: 500 });
});

test("nobody gives a payment of a link another reference: it could be paid twice", async () => {
  const id = (await links.create({ reference_no: "T-1" })).body["id"];
  const { session, token } = await links.prepare(id);
  const names = { session_id: handleOf(world.deps.ring, session), token_id: token.guid };
  const charged = await world.post("v1/transaction/charge", { ...names, reference_no: "T-2" });
  expect(charged.body).toMatchObject({ is_succeed: true, reference_no: "T-1" });
  expect(await links.show(id)).toMatchObject({ status: 1 });
});
