import { afterAll, beforeAll, expect, test } from "vitest";
import { inTx } from "../../../../src/db/transaction.ts";
import { findAgent, giveKey } from "../../../../src/merchants/index.ts";
import { linkPayersOf } from "../../../support/link-payers.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let other: TestWorld;
let links: ReturnType<typeof linkPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  other = await createWorld({ database: world.database, merchant: { companyCode: "10002" } });
  links = linkPayersOf(world);
});
afterAll(async () => {
  await other.close();
  await world.close();
});

const path = "v1/mailorder/detail";
const made = async (more: object = {}) => (await links.create(more)).body["id"];

test("a paid link shows every member, and the payment that paid it", async () => {
  const id = await made({
    amount: "249,90",
    agent_id: "20001",
    user_name: "kasa-3",
    email: "ece@shop.example",
    phone: "0532 111 22 33",
    expire_date: 48,
    note: "Mayıs",
    agent_note: "Vadesi geçti",
    reference_no: "INV-31",
    succeed_url: "https://shop.example/ok",
    error_url: "https://shop.example/fail",
    confirmation_url: "https://shop.example/hook",
    send_confirmation_mail: true,
    addcomission_to_amount: true,
    installments: "0,3,6",
    bank_id: "AXSS",
  });
  await links.pay(id, { instalments: 3 });
  const { request, response } = example(import.meta.dirname, { id });
  expectLike(await world.post(path, request), response);
});

test("a link is found by its id in any letters, and by its reference: the newest", async () => {
  const first = await made({ reference_no: "D-1" });
  world.clock.advance(1_000);
  const second = await made({ reference_no: "D-1" });
  const byId = await world.post(path, { id: String(first).toUpperCase() });
  expect(byId.body).toMatchObject({ id: first, xact_id: "", installment: 0, status: 0 });
  expect((await world.post(path, { reference_no: "D-1" })).body).toMatchObject({ id: second });
  const both = await world.post(path, { id: first, reference_no: "D-1" });
  expect(both.body).toMatchObject({ id: first });
});

test("the words of a state are the reader's", async () => {
  const english = await world.post(path, { id: await made() }, { "accept-language": "en" });
  expect(english.body).toMatchObject({ status: 0, status_desc: "Waiting for payment" });
});

test.each([
  { id: "8d1b2b0e-6a7f-4a55-9b0c-3f0f6d1c9a10" },
  { id: "8d1b" },
  { id: "' or 1=1 --" },
  { reference_no: "NOBODY" },
  { id: "8d1b2b0e-6a7f-4a55-9b0c-3f0f6d1c9a10", reference_no: "D-1" },
])("%j is no link", async (named) => {
  expect(await world.post(path, named)).toMatchObject({
    status: 200,
    body: { code: 12, message: "Ödeme linki bulunamadı", object_name: "mailorder_detail" },
  });
});

test("without a name of a link the caller is told so", async () => {
  expectBadRequest(await world.post(path, {}), "id alanı zorunludur");
});

test("another merchant's link is not there", async () => {
  const id = await made({ reference_no: "D-2" });
  for (const named of [{ id }, { reference_no: "D-2" }]) {
    expect((await other.post(path, named)).body).toMatchObject({ code: 12 });
    expect((await world.post(path, named)).body).toMatchObject({ code: 0, id });
  }
});

test("a dealer's key sees and changes the dealer's own links alone", async () => {
  const { merchantId } = world.merchant;
  const agent = await findAgent(world.db, merchantId, { code: "20001" });
  const key = await inTx(world.db, (tx) =>
    giveKey(world.deps, tx, merchantId, "secret", { agentId: agent!.id }),
  );
  const as = { authorization: `Basic ${key}` };
  const own = (await links.create({ reference_no: "D-3", agent_id: "20002" }, as)).body["id"];
  expect(await links.show(own)).toMatchObject({ agent_id: "20001" });
  world.clock.advance(1_000);
  const foreign = await made({ reference_no: "D-3", agent_id: "20002" });
  const byReference = await world.post(path, { reference_no: "D-3" }, as);
  expect(byReference.body).toMatchObject({ id: own });
  expect((await world.post(path, { id: foreign }, as)).body).toMatchObject({ code: 12 });
  const close = { id: foreign, status: 3 };
  const refused = await world.post("v1/mailorder/status_update", close, as);
  expect(refused.body).toMatchObject({ code: 12 });
  expect(await links.show(foreign)).toMatchObject({ status: 0 });
  const day = { datab: "2026-03-04", datbi: "2026-03-04" };
  const span = { ...day, agent_id: "20002", reference_no: "D-3" };
  const listed = (await world.post("v1/mailorder/list", span, as)).body["Data"] as { id: string }[];
  expect(listed.map(({ id }) => id)).toEqual([own]);
});
