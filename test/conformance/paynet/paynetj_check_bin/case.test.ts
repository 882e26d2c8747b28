import { afterAll, beforeAll, expect, test } from "vitest";
import { firmsOf } from "../../../support/firms.ts";
import { formsOf } from "../../../support/forms.ts";
import { createWorld, type TestWorld } from "../../../support/world.ts";
import { example, expectError, expectLike } from "../../shape.ts";

let world: TestWorld;
let forms: ReturnType<typeof formsOf>;
let firms: ReturnType<typeof firmsOf>;
beforeAll(async () => {
  // The examples of the documentation are older than the tax of today.
  world = await createWorld({ merchant: { commissionTaxPpm: 180_000n } });
  forms = formsOf(world);
  firms = firmsOf(world);
  await firms.setRate("AXSS", "cc", 3, 30_000);
});
afterAll(() => world.close());

const ask = (session_id: string, more: object = {}) =>
  forms.asBrowser("check_bin", { session_id, bin: "435508", ...more });

test("ten lira net draw 10,24 at once and three times 3,46", async () => {
  const tag = { amount: 1_000, add_commission: true, installments: "1,3" };
  const session_id = await forms.open(tag);
  const token = world.merchant.publishableKey;
  const { request, response } = example(import.meta.dirname, { session_id, token });
  expectLike(await forms.asBrowser("check_bin", request), response);
});

test("the bank's logo is an image that any page may show", async () => {
  const { body } = await ask(await forms.open());
  const logo = await fetch(String(body["bank_logo"]));
  expect([logo.status, logo.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
  expect(logo.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  expect(await logo.text()).toMatch(/^<svg /);
});

test("what is offered is what is charged, to the kuruş", async () => {
  const tag = { amount: 99_999, add_commission: true };
  const session_id = await forms.open(tag);
  const keys = await forms.offers(session_id);
  expect(new Set(keys.map((each) => each.instalment_key)).size).toBe(12);
  for (const offer of [keys[0], keys[2], keys[11]]) {
    const names = { session_id: await forms.open(tag), token_id: "" };
    const { instalment_key } = offer!;
    const { body } = await forms.createToken(names.session_id, { instalment_key });
    const paid = await forms.charge({ ...names, token_id: String(body["token_id"]) });
    expect(paid.body).toMatchObject({
      ...{ is_succeed: true, net_amount: 999.99, comission: offer?.commision },
      ...{ amount: offer?.total_amount, instalment: offer?.instalment },
    });
  }
});

test.each([
  ["435508", "AXSS", "Axess", "cc", 12],
  ["43550843", "AXSS", "Axess", "cc", 12],
  ["4355084355084358", "AXSS", "Axess", "cc", 12],
  [435508, "AXSS", "Axess", "cc", 12],
  ["540061", "WRLD", "WorldCard", "cc", 12],
  ["517041", "BONS", "Bonus", "dc", 1],
  ["493841", "VAKF", "Vakıfbank", "cc", 1],
  ["979209", "ZDGR", "Diğer Banka", "cc", 1],
  ["374422", "BONS", "Bonus", "cc", 12],
])("the digits %s are %s", async (bin, bank_id, bank_name, card_type, ways) => {
  const { body } = await ask(await forms.open(), { bin });
  expect(body).toMatchObject({ bank_id, bank_name, card_type, tds_enable: true, code: 0 });
  expect(body["data"]).toHaveLength(ways);
});

test("no_instalment leaves the single payment", async () => {
  const { body } = await ask(await forms.open(), { no_instalment: "true" });
  expect(body["data"]).toMatchObject([{ instalment: 0 }]);
});

test.each([["999999"], ["000000"], ["601100"]])("%s is code 14", async (bin) => {
  const answer = await ask(await forms.open(), { bin });
  expectError(answer, 400, "invalid_request_error", 14, "Kart numarasının bankası tanınmıyor");
});

test.each([["43550"], ["abcdef"], ["4355 08"], [true]])("%j are no six digits", async (bin) => {
  const answer = await ask(await forms.open(), { bin });
  expectError(answer, 400, "invalid_request_error", 11, "bin alanının biçimi geçersiz");
});

test("a session that is over, or charged, offers nothing more", async () => {
  const names = await forms.enter();
  await forms.charge(names);
  expectError(await ask(names.session_id), 400, "invalid_request_error", 17);
  const session_id = await forms.open();
  world.clock.advance(20 * 60_000);
  expectError(await ask(session_id), 400, "invalid_request_error", 13);
});
