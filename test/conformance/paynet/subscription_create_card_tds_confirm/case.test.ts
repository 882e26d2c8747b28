import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cardEntriesOf } from "../../../support/card-entries.ts";
import { firmsOf } from "../../../support/firms.ts";
import { orderCardsOf } from "../../../support/order-cards.ts";
import { createOrder, invoicesNow } from "../../../support/orders.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectBadRequest, expectLike } from "../../shape.ts";

let world: TestWorld;
let of: ReturnType<typeof cardEntriesOf>;
let cards: ReturnType<typeof orderCardsOf>;
beforeAll(async () => {
  world = await createWorld();
  of = cardEntriesOf(world);
  cards = orderCardsOf(world);
});
afterAll(() => world.close());

const path = "v1/subscription/create_card_tds_confirm";
const refusal = (code: number, message: unknown) => ({
  is_succeed: false,
  paynet_error_id: String(code),
  paynet_error_message: message,
  bank_error_id: "",
  bank_error_message: "",
  bank_error_short_desc: "",
  bank_error_long_desc: "",
  object_name: "create_card_tds_confirm_response",
  code,
  message,
});

test("a card whose holder the bank vouches for is the order's, with every member", async () => {
  const order = await createOrder(world);
  const label = { label: "ana", card_holder: "Can Er" };
  const { names } = await of.back({ reference_no: order.reference }, label);
  const { request, response } = example(import.meta.dirname, names);
  const confirmed = await world.post(path, request);
  expectLike(confirmed, response);
  expect(confirmed.body).toMatchObject({ token_id: names.token_id, subscription_id: order.id });
  const [card] = await cards.list(order);
  expect(card).toMatchObject({
    card_id: Number(confirmed.body["card_id"]),
    card_no_mask: "557113********5575",
    card_holder_name_mask: "C****R",
    order_no: 1,
    label: "ana",
  });
});

test("asked again it answers the same, and the order has the card once", async () => {
  const order = await createOrder(world);
  const { names } = await of.back({ subscription_id: order.id });
  const first = await of.confirm(names);
  expect((await of.confirm(names)).body).toEqual(first.body);
  expect(await cards.cardsOn(order)).toEqual([Number(first.body["card_id"])]);
});

test("what is drawn at once is told by its integer", async () => {
  const order = await createOrder(world, { drawsAtCard: true });
  const { names } = await of.back({ subscription_id: order.id });
  const first = (await of.confirm(names)).body;
  expect(first).toMatchObject({ is_succeed: true, xact_id: expect.any(Number) });
  const { body } = await world.post("v1/transaction/detail", { xact: first["xact_id"] });
  expect(body).toMatchObject({ Data: [{ amount: 99, is_succeed: true }] });
  const [invoice] = await invoicesNow(world, order);
  expect(invoice).toMatchObject({ status: "paid", term: 0 });
  expect((await of.confirm(names)).body).toEqual(first);
});

test("of a group each order is told, with the code and phone of the first", async () => {
  const group = { groupReference: "GRP-1" };
  const first = await createOrder(world, group);
  world.clock.advance(1);
  const orders = [first, await createOrder(world, group)];
  const { body } = await of.enter({ group_reference_no: "GRP-1" });
  expect(body).toMatchObject({ subscription_id: orders[0]!.id, is_succeed: true, code: 0 });
  expect(body["group_reference_details"]).toEqual(
    orders.map(({ id, reference }) => ({
      subscription_id: id,
      reference_no: reference,
      is_succeed: true,
      message: "Başarılı Islem",
    })),
  );
  for (const order of orders) expect(await cards.cardsOn(order)).toEqual([Number(body["card_id"])]);
});

describe("a card that is not stored", () => {
  test("is one that its bank declines, in the bank's words", async () => {
    const order = await createOrder(world);
    const { names } = await of.back({ subscription_id: order.id }, { pan: "5100050000006661" });
    const declined = await of.confirm(names);
    expect(declined.status).toBe(200);
    expect(declined.body).toMatchObject({
      is_succeed: false,
      card_id: "",
      xact_id: 0,
      paynet_error_id: "",
      bank_error_id: "51",
      bank_error_message: expect.stringMatching(/./),
      bank_error_short_desc: "Kart limiti veya bakiyesi yetersiz",
      code: 0,
    });
    expect((await of.confirm(names)).body).toEqual(declined.body);
    expect(await cards.cardsOn(order)).toEqual([]);
  });
  test("is one whose holder has not been at the bank, or was refused there", async () => {
    const order = await createOrder(world);
    const message = "3D doğrulaması başarısız veya tamamlanmadı; karttan para çekilmedi";
    const started = await of.start({ subscription_id: order.id });
    expect((await of.confirm(of.namesOf(started))).body).toEqual(refusal(16, message));
    const { names, page } = await of.back({ subscription_id: order.id }, {}, { result: "reject" });
    expect(page.form?.fields).toMatchObject({ ...names, code: "16" });
    expect((await of.confirm(names)).body).toEqual(refusal(16, message));
    expect(await cards.cardsOn(order)).toEqual([]);
  });
  test("is one of an order that was deleted meanwhile", async () => {
    const order = await createOrder(world);
    const { names } = await of.back({ subscription_id: order.id });
    await cards.setStatus(order, 6);
    const before = await of.holds();
    const message = "Düzenli ödeme durdurulmuş veya silinmiş";
    expect((await of.confirm(names)).body).toEqual(refusal(201, message));
    expect(await of.holds()).toEqual(before);
  });
  test("is one whose session's time is over", async () => {
    const order = await createOrder(world);
    const { names } = await of.back({ subscription_id: order.id });
    await world.advance(21 * 60_000);
    const message = "Oturum bulunamadı veya süresi doldu; ödemeyi yeniden başlatın";
    expect((await of.confirm(names)).body).toEqual(refusal(13, message));
  });
});

describe("whose session it is not", () => {
  const gone = refusal(13, "Oturum bulunamadı veya süresi doldu; ödemeyi yeniden başlatın");
  test("is told that there is none", async () => {
    const order = await createOrder(world);
    const { names } = await of.back({ subscription_id: order.id });
    const firms = firmsOf(world);
    const stranger = { authorization: `Basic ${(await firms.another("10032")).secretKey}` };
    for (const headers of [stranger, await firms.agentKey("20001")]) {
      expect((await of.confirm(names, headers)).body).toEqual(gone);
    }
    const none = { session_id: "js_EAAAA9", token_id: names.token_id };
    expect((await of.confirm(none)).body).toEqual(gone);
    const other = (await of.back({ subscription_id: order.id })).names;
    const mixed = { ...names, token_id: other.token_id };
    expect((await of.confirm(mixed)).body).toMatchObject({ is_succeed: false, code: 15 });
  });
  test("a session of a payment is none of a card, nor the other way round", async () => {
    const order = await createOrder(world);
    const { names } = await of.back({ subscription_id: order.id });
    const paid = (await of.payer.goThrough(await of.payer.start())).names;
    expect((await of.confirm(paid)).body).toEqual(gone);
    for (const route of ["v2/transaction/tds_charge", "v1/transaction/charge"]) {
      expect((await world.post(route, names)).body).toMatchObject({ code: 13, is_succeed: false });
    }
    const key = { authorization: `Basic ${world.merchant.publishableKey}` };
    const card = { pan: "4355084355084358", month: 12, year: 30, cvc: "000", card_holder: "E T" };
    const token = await world.post(
      "v1/paynetj/create_token",
      { token: world.merchant.publishableKey, session_id: names.session_id, ...card },
      key,
    );
    expect(token.body).toMatchObject({ result_code: 13 });
    expect((await of.confirm(names)).body).toMatchObject({ is_succeed: true });
    expect((await of.payer.charge(paid)).body).toMatchObject({ is_succeed: true });
  });
  test.each(["session_id", "token_id"])("%s is needed", async (member) => {
    const body = { session_id: "js_EAAAA9", token_id: "9C1F", [member]: "" };
    expectBadRequest(await world.post(path, body), `${member} alanı zorunludur`);
  });
});

test("a dealer's key adds cards to the dealer's own orders", async () => {
  const key = await firmsOf(world).agentKey("20001");
  const agentId = await cards.agentId("20001");
  const own = await createOrder(world, { agentId, groupReference: "GRP-A" });
  const ours = await createOrder(world, { groupReference: "GRP-A" });
  const started = await of.start({ group_reference_no: "GRP-A" }, {}, key);
  const sid = await of.payer.toBank(String(started.body["post_url"]));
  await of.payer.comeBack(await of.payer.resolve(sid, { result: "approve" }));
  const { body } = await of.confirm(of.namesOf(started), key);
  expect(body).toMatchObject({ is_succeed: true, subscription_id: own.id });
  expect(body["group_reference_details"]).toHaveLength(1);
  expect(await cards.cardsOn(own)).toHaveLength(1);
  expect(await cards.cardsOn(ours)).toEqual([]);
});
