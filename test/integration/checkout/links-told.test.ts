import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { asOwner } from "../../support/database.ts";
import { runJobs } from "../../support/jobs.ts";
import { linkPayersOf } from "../../support/link-payers.ts";
import { openShop, type Shop } from "../../support/shop.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

let shop: Shop;
let world: TestWorld;
let links: ReturnType<typeof linkPayersOf>;
let shut: TestWorld;
beforeAll(async () => {
  [shop, world, shut] = await Promise.all([
    openShop(),
    createWorld(),
    createWorld({ merchant: { mayCallInside: false } }),
  ]);
  links = linkPayersOf(world);
});
afterAll(async () => {
  await Promise.all([world.close(), shut.close()]);
  shop.close();
});
beforeEach(async () => {
  shop.forget();
  await asOwner(world.database.ownerUrl, "delete from graphile_worker._private_jobs");
});

const made = async (more: object = {}) => {
  const asked = { confirmation_url: `${shop.url}/hook?from=vezne`, ...more };
  return (await links.create(asked)).body["id"];
};

test("the shop is told of a paid link in the background, with every member", async () => {
  const id = await made({ amount: "249,90", reference_no: "INV-31", agent_id: "20001" });
  const { payment } = await links.pay(id, { instalments: 3 });
  expect(shop.heard).toEqual([]);
  await runJobs(world);
  await runJobs(world);
  expect(shop.heard).toEqual([
    {
      path: "/hook?from=vezne",
      type: "application/json; charset=utf-8",
      body: {
        referance_no: "INV-31",
        reference_no: "INV-31",
        xact_id: (await links.show(id))["xact_id"],
        xact_date: expect.stringMatching(/^2026-03-04T12:00:00\.000$/),
        agent_id: "20001",
        bank_id: "AXSS",
        instalment: 3,
        card_type: "cc",
        card_holder: "Deniz Ak",
        card_number: "435508******4358",
        amount: 249.9,
        netAmount: expect.any(Number),
        comission: expect.any(Number),
        comission_tax: expect.any(Number),
        currency: "TRY",
        authorization_code: expect.stringMatching(/^[0-9A-Z]{6}$/),
        order_id: payment.id.slice("pay_".length),
        is_succeed: true,
      },
    },
  ]);
  const told = shop.heard[0]?.body as Record<string, number>;
  const parts = told["netAmount"]! + told["comission"]! + told["comission_tax"]!;
  expect(parts).toBeCloseTo(249.9, 6);
});

test("a shop that does not take it is told three times more, and then no more", async () => {
  shop.answers.push(500, 302, 404, 503, 200);
  await links.pay(await made());
  for (let i = 0; i < 7; i += 1) await runJobs(world);
  expect(shop.heard).toHaveLength(4);
  const { rows } = await asOwner(
    world.database.ownerUrl,
    `select attempts, max_attempts from graphile_worker.jobs
      where task_identifier = 'send-paynet-confirmation'`,
  );
  expect(rows).toEqual([{ attempts: 4, max_attempts: 4 }]);
});

test("each pause before the next try is longer than the last", async () => {
  shop.answers.push(500, 500, 500, 500);
  await links.pay(await made());
  const waits: number[] = [];
  for (let i = 0; i < 3; i += 1) {
    await runJobs(world);
    const { rows } = await asOwner(
      world.database.ownerUrl,
      "select extract(epoch from run_at - now())::float as wait from graphile_worker.jobs",
    );
    waits.push(rows[0].wait);
  }
  expect(waits).toHaveLength(3);
  expect(waits[1]).toBeGreaterThan(waits[0]!);
  expect(waits[2]).toBeGreaterThan(waits[1]!);
});

test("a declined card tells nobody; the one that pays does, once", async () => {
  const id = await made();
  await world.bank.fault("decline", { op: "sale" }, { code: "51" });
  await links.pay(id);
  await runJobs(world);
  expect(shop.heard).toEqual([]);
  await links.pay(id);
  await runJobs(world);
  expect(shop.heard).toMatchObject([{ body: { is_succeed: true } }]);
});

test("a charge in doubt is told of when the doubt ends", async () => {
  const prepared = await links.prepare(await made());
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await links.complete(prepared);
  await runJobs(world);
  expect(shop.heard).toEqual([]);
  await world.advance(10_000);
  await runJobs(world);
  expect(shop.heard).toMatchObject([{ body: { is_succeed: true } }]);
});

test("every payment of a link that may be paid many times is told of", async () => {
  const id = await made({ multi_payment: true, reference_no: "M-7" });
  for (let i = 0; i < 3; i += 1) await links.pay(id);
  await runJobs(world);
  const ids = shop.heard.map(({ body }) => (body as Record<string, string>)["xact_id"]);
  expect(new Set(ids).size).toBe(3);
  expect(shop.heard).toHaveLength(3);
});

test("a cancel of a link's payment is not told as a payment", async () => {
  const id = await made();
  await links.pay(id);
  await runJobs(world);
  shop.forget();
  const { xact_id } = await links.show(id);
  await world.post("v1/transaction/reversed_request", { xact_id });
  await runJobs(world);
  expect(shop.heard).toEqual([]);
});

test("without an address, and of other payments, nobody is told", async () => {
  await links.pay(await made({ confirmation_url: "" }));
  await world.pay();
  await runJobs(world);
  expect(shop.heard).toEqual([]);
});

test("an address inside is refused at once, and told nothing if it leads there later", async () => {
  const refused = await linkPayersOf(shut).create({ confirmation_url: `${shop.url}/hook` });
  expect(refused).toMatchObject({ status: 400, body: { result_code: 11 } });
  const of = linkPayersOf(shut);
  const made = await of.create({ confirmation_url: "https://shop.example/hook" });
  // As if the name had led elsewhere when the link was made.
  await asOwner(
    shut.database.ownerUrl,
    `update pay_links set terms = jsonb_set(terms, '{confirmationUrl}', '"${shop.url}/hook"')`,
  );
  expect((await of.pay(made.body["id"])).attempt.status).toBe("approved");
  await runJobs(shut);
  expect(shop.heard).toEqual([]);
});

test("the payer is thanked by e-mail where that was asked for", async () => {
  const before = (await links.messages()).length;
  await links.pay(await made({ send_confirmation_mail: true, email: "ece@shop.example" }));
  await links.pay(await made({ email: "ece@shop.example" }));
  const written = (await links.messages()).slice(before);
  expect(written).toMatchObject([
    { purpose: "receipt", channel: "email", recipient: "ece@shop.example", status: "kept" },
  ]);
  expect(written[0]?.subject).toBe("Örnek A.Ş.: 100,00 TL ödemeniz alındı");
  expect(written[0]?.body).toMatch(/Sayın Ece Tan,[\s\S]*435508\*{6}4358/);
});

test("in English where the link was made in English", async () => {
  const asked = { send_confirmation_mail: true, email: "ece@shop.example" };
  const english = await links.create(asked, { "accept-language": "en" });
  await links.pay(english.body["id"]);
  const [last] = (await links.messages()).slice(-1);
  expect(last?.subject).toBe("Örnek A.Ş.: your payment of TRY 100.00");
});

test("without an address of the merchant's, to the one that the payer typed", async () => {
  await links.pay(await made({ send_confirmation_mail: true }), {
    details: { email: "payer@mail.example" },
  });
  expect((await links.messages()).at(-1)).toMatchObject({ recipient: "payer@mail.example" });
});

test.each(["", "no address", "a@b, c@d", `${"x".repeat(300)}@mail.example`])(
  "a payment stands though nobody can be thanked: %s",
  async (email) => {
    const before = (await links.messages()).length;
    const id = await made({ send_confirmation_mail: true });
    const done = await links.pay(id, { details: { email } });
    expect(done.attempt.status).toBe("approved");
    expect(await links.show(id)).toMatchObject({ status: 1 });
    expect(await links.messages()).toHaveLength(before);
  },
);
