import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rowCounts } from "../../conformance/paynet/refusals/rows.ts";
import { expectBadRequest } from "../../conformance/shape.ts";
import { otherCode } from "../../support/codes.ts";
import { endUser, endUsersOf, receiptTerms } from "../../support/end-users.ts";
import { firmsOf } from "../../support/firms.ts";
import { payerOf } from "../../support/payer.ts";
import { type Answer, createWorld, type TestWorld } from "../../support/world.ts";

const OVER = /^Son kullanıcının SMS kodunun süresi dolmuş, kullanılmış veya hiç istenmemiş/;
const MINUTE_MS = 60_000;

let world: TestWorld;
let users: ReturnType<typeof endUsersOf>;
beforeAll(async () => {
  world = await createWorld();
  users = endUsersOf(world);
});
beforeEach(() => world.bank.clearFaults());
afterAll(() => world.close());

/** A refusal of the wire, which leaves no row and no order; a wrong code counts as a try. */
function expectRefused({ status, body }: Answer, message: RegExp | string, objectName: string) {
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ...{ code: 1, is_succeed: false, paynet_error_id: "1", bank_error_id: "" },
    object_name: objectName,
  });
  expect(body["paynet_error_message"]).toMatch(message);
  expect(body["message"]).toBe(body["paynet_error_message"]);
}

type Ways = Readonly<{
  name: string;
  object: string;
  /** The code of a firm that no other test opens. */
  firm: string;
  send(more: object): Promise<Answer>;
}>;
const ways: readonly Ways[] = [
  { name: "payment", object: "payment_response", firm: "10002", send: (more) => world.pay(more) },
  {
    name: "tds_initial",
    object: "tds_initial",
    firm: "10003",
    send: (more) => payerOf(world).start(more),
  },
];

describe.each(ways)("$name with a code", ({ send, object, firm }) => {
  test.each([
    ["end_user_name", undefined],
    ["end_user_name", "  "],
    ["end_user_surname", undefined],
    ["end_user_tckn", undefined],
    ["end_user_tckn", "10000000147"],
    ["end_user_tckn", "1234567890"],
    ["end_user_vkn", "1234567891"],
    ["end_user_phone", undefined],
    ["end_user_phone", "02121112233"],
    ["end_user_mail", undefined],
    ["end_user_mail", "ece@"],
    ["end_user_address", undefined],
  ])("is refused for %s %j by its name, and does not use the code up", async (field, value) => {
    const asked = await users.asked();
    const before = await rowCounts(world);
    const refused = await send({ ...asked, [field]: value });
    expectRefused(refused, `Son kullanıcı bilgileri eksik veya hatalı: ${field}`, object);
    expect(await rowCounts(world)).toEqual(before);
    expect((await send(asked)).body).toMatchObject({ code: 0 });
  });

  test.each([
    [{ instalment: undefined }, /en az 2 taksit/],
    [{ instalment: 1 }, /en az 2 taksit/],
    [{ add_commission: undefined }, /add_commission true/],
    [{ add_commission: "0" }, /add_commission true/],
  ])("is refused with %j, and does not use the code up", async (more, message) => {
    const asked = await users.asked();
    expectRefused(await send({ ...asked, ...more }), message, object);
    expect((await send(asked)).body).toMatchObject({ code: 0 });
  });

  test("takes a tax number in the place of an identity number", async () => {
    const asked = { ...(await users.asked()), end_user_tckn: undefined };
    expect((await send({ ...asked, end_user_vkn: "4540536920" })).body).toMatchObject({ code: 0 });
  });

  test("takes the code under its other name, in small letters and with a space", async () => {
    const { otp_code, ...asked } = await users.asked();
    const typed = ` ${otp_code.slice(0, 2)} ${otp_code.slice(2)}`.toLowerCase();
    expect((await send({ ...asked, otp: typed })).body).toMatchObject({ code: 0 });
  });

  test("is refused for a wrong code, with the tries that are left", async () => {
    const { otp_code, ...asked } = await users.asked();
    const wrong = { ...asked, otp_code: otherCode(otp_code) };
    for (const message of [/2 deneme hakkı/, /1 deneme hakkı/, /yeni bir kod isteyin/]) {
      expectRefused(await send(wrong), message, object);
    }
    expectRefused(await send({ ...asked, otp_code }), /yeni bir kod isteyin/, object);
  });

  test("is refused for a code never asked for, of another phone, or over", async () => {
    const never = { ...endUser, ...receiptTerms, end_user_phone: users.newPhone() };
    expectRefused(await send({ ...never, otp_code: "ART2" }), OVER, object);
    const [mine, theirs] = [await users.asked(), await users.asked()];
    const mixed = { ...mine, otp_code: theirs.otp_code };
    if (mine.otp_code !== theirs.otp_code) expectRefused(await send(mixed), /2 deneme/, object);
    world.clock.advance(3 * MINUTE_MS);
    expectRefused(await send(mine), OVER, object);
  });

  test("uses the code once, of twenty that come at once too", async () => {
    const asked = await users.asked();
    const all = await Promise.all(
      Array.from({ length: 20 }, () => send({ ...asked, amount: "3,00" })),
    );
    expect(all.filter(({ body }) => body["code"] === 0)).toHaveLength(1);
    for (const refused of all.filter(({ body }) => body["code"] !== 0)) {
      expectRefused(refused, OVER, object);
    }
  });

  test.each([
    ["a wrong card", { pan: "4355084355084357" }, 18],
    ["an instalment that is not offered", { instalment: 13 }, 21],
    ["an unknown agent", { agent_id: "29999" }, 4],
    ["a POS of somebody else", { pos_type: 6 }, 20],
    ["an unknown stored card", { card_hash: "x" }, 25],
  ])("that is refused for %s leaves the code good", async (_what, more, code) => {
    const asked = await users.asked();
    expect((await send({ ...asked, ...more })).body).toMatchObject({ code });
    expect((await send(asked)).body).toMatchObject({ code: 0 });
  });

  test("under a reference that is taken says so, not that the code was used", async () => {
    const asked = await users.asked();
    const reference_no = world.reference();
    expect((await world.pay({ ...asked, reference_no })).body).toMatchObject({ is_succeed: true });
    expect((await send({ ...asked, reference_no })).body).toMatchObject({ code: 5 });
  });

  test("of another firm does not count here", async () => {
    const { secretKey } = await firmsOf(world).another(firm);
    const phone = users.newPhone();
    await users.ask(phone, { authorization: `Basic ${secretKey}` });
    const asked = { ...endUser, ...receiptTerms, end_user_phone: phone };
    expectRefused(await send({ ...asked, otp_code: "ART2" }), OVER, object);
  });
});

test("without a code no member of an end user is looked at or kept", async () => {
  const { body } = await world.pay({ ...endUser, end_user_tckn: "1", end_user_phone: "x" });
  expect(body).toMatchObject({ is_succeed: true, instalment: 0 });
  const row = await world.db.kysely
    .selectFrom("payments")
    .select("details")
    .where("id", "=", `pay_${String(body["order_id"])}`)
    .executeTakeFirstOrThrow();
  expect(JSON.stringify(row.details)).not.toContain("end_user");
});

test.each([
  ["end_user_name", 50],
  ["end_user_address", 250],
  ["otp_code", 20],
])("%s takes %i characters and not one more", async (name, most) => {
  const long = { ...(await users.asked()), [name]: "x".repeat(most + 1) };
  expectBadRequest(await world.pay(long), `${name} alanı en fazla ${most} karakter olabilir`);
});

describe("after a declined payment", () => {
  test("the same code opens the next one, as long as it is good", async () => {
    const asked = await users.asked();
    const declined = await world.pay({ ...asked, cvc: "999" });
    expect(declined.body).toMatchObject({ is_succeed: false, bank_error_id: "82" });
    expect((await world.pay(asked)).body).toMatchObject({ is_succeed: true });
    expectRefused(await world.pay(asked), OVER, "payment_response");
    const late = await users.asked();
    await world.pay({ ...late, cvc: "999" });
    world.clock.advance(3 * MINUTE_MS);
    expectRefused(await world.pay(late), OVER, "payment_response");
  });

  test("the same request under its key gets the same answer and gives no code back", async () => {
    const ask = { ...(await users.asked()), reference_no: world.reference(), cvc: "999" };
    const pay = () => world.pay(ask, { "idempotency-key": `receipt-${ask.reference_no}` });
    const first = await pay();
    expect((await pay()).body).toEqual(first.body);
    expect((await world.pay({ ...ask, cvc: "000" })).body).toMatchObject({ is_succeed: true });
    expect((await pay()).body).toEqual(first.body);
    expectRefused(await world.pay({ ...ask, reference_no: "R" }), OVER, "payment_response");
  });
});

test("an approved request that comes again under its key gets its first answer", async () => {
  const ask = { ...(await users.asked()), reference_no: world.reference() };
  const pay = () => world.pay(ask, { "idempotency-key": `receipt-${ask.reference_no}` });
  const answers = await Promise.all(Array.from({ length: 5 }, pay));
  for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
  expect(answers[0]?.body).toMatchObject({ is_succeed: true });
});

test("a payment in doubt keeps its code", async () => {
  const asked = await users.asked();
  await world.bank.fault("reset_after_commit", { op: "sale" });
  expect((await world.pay(asked)).body).toMatchObject({ code: 10, is_succeed: false });
  expectRefused(await world.pay(asked), OVER, "payment_response");
  await world.advance(10_000);
  await world.isSound();
});

test("a holder whom the bank refuses has used the code of the start", async () => {
  const asked = await users.asked();
  const payer = payerOf(world);
  const { names } = await payer.goThrough(await payer.start(asked), { result: "reject" });
  expect((await payer.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
  expectRefused(await payer.start(asked), OVER, "tds_initial");
});
