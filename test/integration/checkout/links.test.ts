import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionForLink } from "../../../src/checkout/index.ts";
import { inTx } from "../../../src/db/transaction.ts";
import { Refusal } from "../../../src/lib/refusal.ts";
import { setBlocked } from "../../../src/merchants/index.ts";
import { linkPayersOf } from "../../support/link-payers.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let world: TestWorld;
let links: ReturnType<typeof linkPayersOf>;
beforeAll(async () => {
  world = await createWorld();
  links = linkPayersOf(world);
});
afterAll(() => world.close());

const HOUR_MS = 60 * 60_000;
const made = async (more: object = {}) => (await links.create(more)).body["id"];
const refused = (code: string, details: object = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) });
const ending = (work: Promise<unknown>) =>
  work.then(
    () => "paid",
    (error: unknown) => (error instanceof Refusal ? error.code : Promise.reject(error)),
  );

test("a payer goes by the bank's page and pays the link, which knows its payment", async () => {
  const id = await made({ reference_no: "L-1", note: "Mayıs", user_name: "kasa-3" });
  const { payment, attempt } = await links.pay(id);
  expect(attempt).toMatchObject({ status: "approved", kind: "sale" });
  expect(payment).toMatchObject({ reference: "L-1", amountMinor: 10_000n, status: "captured" });
  expect(payment.details).toMatchObject({ note: "Mayıs", user_id: "kasa-3", is_tds: true });
  const shown = await links.show(id);
  expect(shown).toMatchObject({ status: 1, status_desc: "Ödendi", bank_id: "AXSS" });
  const paid = await world.post("v1/transaction/detail", { xact_id: shown["xact_id"] });
  expect(paid.body["Data"]).toMatchObject([{ reference_no: "L-1", is_succeed: true, amount: 100 }]);
  await world.isSound();
});

test("a link without a reference is paid under its own id", async () => {
  const id = await made();
  expect((await links.pay(id)).payment.reference).toBe(id);
});

test("a link always asks for 3-D Secure, though the merchant may sell without it", async () => {
  const { token } = await links.enter(await links.come(await made()));
  expect(token.status).toBe("challenged");
});

test("instalments and commission on top are those of the link", async () => {
  const id = await made({ addcomission_to_amount: true, installments: "0,3" });
  const { payment } = await links.pay(id, { instalments: 3 });
  expect(payment).toMatchObject({ instalments: 3, isCommissionAdded: true });
  expect(payment.amountMinor).toBeGreaterThan(10_000n);
  expect(await links.show(id)).toMatchObject({ installment: 3, amount: 100, status: 1 });
});

test("a card that is declined leaves the link open, and the next one pays it", async () => {
  const id = await made({ reference_no: "L-2" });
  await world.bank.fault("decline", { op: "sale" }, { code: "51" });
  expect((await links.pay(id)).attempt.status).toBe("declined");
  expect(await links.show(id)).toMatchObject({ status: 0, xact_id: "" });
  expect((await links.pay(id)).attempt.status).toBe("approved");
  expect(await links.show(id)).toMatchObject({ status: 1 });
});

test("a charge in doubt pays the link when the bank has said yes", async () => {
  const id = await made();
  const prepared = await links.prepare(id);
  await world.bank.fault("reset_after_commit", { op: "sale" });
  expect((await links.complete(prepared)).attempt.status).toBe("doubtful");
  expect(await links.show(id)).toMatchObject({ status: 0 });
  await world.advance(10_000);
  expect(await links.show(id)).toMatchObject({ status: 1 });
});

test.each([
  ["paid", 1, async (id: unknown) => void (await links.pay(id))],
  ["passive", 3, async (id: unknown) => void (await links.setStatus(id, 3))],
  ["expired", 2, async () => world.advance(25 * HOUR_MS)],
])("nobody opens a session of a link that is %s", async (state, status, end) => {
  const id = await made();
  const came = await links.come(id);
  await end(id);
  expect(await links.show(id)).toMatchObject({ status });
  await expect(links.come(id)).rejects.toEqual(refused("link_closed", { state }));
  expect(came.session.chargedTokenId).toBeNull();
});

test("who came before a link was closed or paid is not charged after it", async () => {
  const closed = await made();
  const waiting = await links.prepare(closed);
  const typing = await links.come(closed);
  await links.setStatus(closed, 3);
  await expect(links.complete(waiting)).rejects.toEqual(
    refused("link_closed", { state: "passive" }),
  );
  await expect(links.enter(typing)).rejects.toEqual(refused("link_closed", { state: "passive" }));
  const paid = await made();
  const [first, second] = [await links.prepare(paid), await links.prepare(paid)];
  await links.complete(first);
  await expect(links.complete(second)).rejects.toEqual(refused("link_closed", { state: "paid" }));
});

test("a payer whose browser asks twice hears of the one success twice", async () => {
  const prepared = await links.prepare(await made());
  const both = await Promise.all([links.complete(prepared), links.complete(prepared)]);
  const later = await links.complete(prepared);
  const ids = new Set([...both, later].map(({ attempt }) => attempt.id));
  expect([...ids]).toEqual([prepared.token.payment.id.replace("pay_", "att_")]);
  expect(later.attempt.status).toBe("approved");
});

test("twenty payers at once on a link that is paid once: one is charged", async () => {
  const id = await made({ amount: "77.70", reference_no: "L-20" });
  const prepared = await Promise.all(Array.from({ length: 20 }, () => links.prepare(id)));
  const ends = await Promise.all(prepared.map((each) => ending(links.complete(each))));
  expect(ends.filter((end) => end === "paid")).toHaveLength(1);
  const others = new Set(ends.filter((end) => end !== "paid"));
  for (const end of others) {
    expect(["link_closed", "reference_taken", "payment_in_doubt"]).toContain(end);
  }
  const orders = (await world.bank.orders()).filter(({ saleKurus }) => saleKurus === 7_770);
  expect(orders).toHaveLength(1);
  expect(await links.show(id)).toMatchObject({ status: 1 });
  await world.isSound();
});

test("a link that may be paid many times takes all of twenty payers, and stays open", async () => {
  const id = await made({ amount: "88.80", reference_no: "L-M", multi_payment: true });
  const prepared = await Promise.all(Array.from({ length: 20 }, () => links.prepare(id)));
  const ends = await Promise.all(prepared.map((each) => links.complete(each)));
  expect(ends.every(({ attempt }) => attempt.status === "approved")).toBe(true);
  expect(ends.every(({ payment }) => payment.reference === "L-M")).toBe(true);
  const orders = (await world.bank.orders()).filter(({ saleKurus }) => saleKurus === 8_880);
  expect(orders).toHaveLength(20);
  expect(await links.show(id)).toMatchObject({ status: 0, multi_payment: true });
  expect((await links.show(id))["xact_id"]).toMatch(/^xk_/);
  await links.setStatus(id, 3);
  await expect(links.come(id)).rejects.toEqual(refused("link_closed", { state: "passive" }));
  await world.isSound();
});

test("a payment of the same reference before the link: no link is made", async () => {
  await world.pay({ reference_no: "R-before" });
  const again = await links.create({ reference_no: "R-before" });
  expect(again.body).toMatchObject({ code: 5, object_name: "mailorder_create" });
  const many = await links.create({ reference_no: "R-before", multi_payment: true });
  expect((await links.pay(many.body["id"])).attempt.status).toBe("approved");
});

test("a payment of the same reference beside an open link: its payer is not charged", async () => {
  const id = await made({ reference_no: "R-beside" });
  const prepared = await links.prepare(id);
  expect((await world.pay({ reference_no: "R-beside" })).body).toMatchObject({ is_succeed: true });
  await expect(links.complete(prepared)).rejects.toEqual(refused("reference_taken"));
  await expect(links.prepare(id)).rejects.toEqual(refused("reference_taken"));
});

test("a payment of the same reference at once with the link's: one of the two", async () => {
  for (let i = 0; i < 5; i += 1) {
    const reference_no = `R-at-once-${i}`;
    const prepared = await links.prepare(await made({ reference_no }));
    const [direct, end] = await Promise.all([
      world.pay({ reference_no }),
      ending(links.complete(prepared)),
    ]);
    expect([direct.body["is_succeed"], end === "paid"].filter(Boolean)).toHaveLength(1);
  }
  await world.isSound();
});

test("a payment of the same reference after the link was paid is refused", async () => {
  await links.pay(await made({ reference_no: "R-after" }));
  expect((await world.pay({ reference_no: "R-after" })).body).toMatchObject({
    code: 5,
    is_succeed: false,
  });
});

test("two links of one reference are paid once between them", async () => {
  const [first, second] = [
    await made({ reference_no: "R-two" }),
    await made({ reference_no: "R-two" }),
  ];
  const prepared = await links.prepare(second);
  await links.pay(first);
  await expect(links.complete(prepared)).rejects.toEqual(refused("reference_taken"));
  expect(await links.show(second)).toMatchObject({ status: 0, xact_id: "" });
});

test("a cancelled payment leaves its link paid: nobody is asked again by surprise", async () => {
  const id = await made();
  await links.pay(id);
  const { xact_id } = await links.show(id);
  expect((await world.post("v1/transaction/reversed_request", { xact_id })).body["code"]).toBe(0);
  expect(await links.show(id)).toMatchObject({ status: 1 });
});

test("blocked merchants and dealers are paid by no link", async () => {
  const { merchantId } = world.merchant;
  const id = await made({ agent_id: "20001" });
  const { merchant, session } = await links.come(id);
  const agentId = session.agentId ?? undefined;
  await inTx(world.db, (tx) => setBlocked(tx, merchantId, agentId, true));
  await expect(links.come(id)).rejects.toEqual(refused("agent_blocked"));
  await inTx(world.db, (tx) => setBlocked(tx, merchantId, agentId, false));
  await inTx(world.db, (tx) => setBlocked(tx, merchantId, undefined, true));
  world.deps.reception.forgetAll();
  await expect(links.come(id)).rejects.toEqual(refused("merchant_blocked"));
  const blocked = { ...merchant, isBlocked: true };
  const link = { id: String(id) } as Parameters<typeof sessionForLink>[2];
  await expect(sessionForLink(world.deps.checkout, blocked, link)).rejects.toEqual(
    refused("merchant_blocked"),
  );
  await inTx(world.db, (tx) => setBlocked(tx, merchantId, undefined, false));
  world.deps.reception.forgetAll();
});

test("the money of a dealer's link is the dealer's", async () => {
  const id = await made({ agent_id: "20002" });
  expect((await links.pay(id)).payment.details).toMatchObject({ agent_code: "20002" });
  expect(await links.show(id)).toMatchObject({ agent_id: "20002", company_code: "10001" });
});
