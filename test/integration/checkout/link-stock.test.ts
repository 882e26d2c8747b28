import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { finish, handleOf } from "../../../src/checkout/index.ts";
import { Refusal } from "../../../src/lib/refusal.ts";
import { verify } from "../../../src/main/verify/index.ts";
import { INQUIRY_GAPS_MS } from "../../../src/payments/doubt.rules.ts";
import { inquireDue } from "../../../src/payments/index.ts";
import { expectSound } from "../../faults/hands.ts";
import { Life, mortalCheckout, restarted } from "../../faults/mortal.ts";
import { bankPaysIn, MINUTE_MS } from "../../support/bank-pays.ts";
import { asOwner } from "../../support/database.ts";
import { linkPayersOf } from "../../support/link-payers.ts";
import { paywallOf } from "../../support/paywall.ts";
import { paywallLinksOf, product } from "../../support/paywall-links.ts";
import { createWorld, DAY_MS, type TestWorld } from "../../support/world.ts";

const life = new Life();
let world: TestWorld;
let payers: ReturnType<typeof linkPayersOf>;
let links: ReturnType<typeof paywallLinksOf>;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => mortalCheckout(deps, life) });
  payers = linkPayersOf(world);
  links = paywallLinksOf(paywallOf(world));
});
afterAll(async () => {
  await expectSound(world);
  await world.close();
});
beforeEach(() => life.live());

/** An amount of its own tells a link's charges from all others at the bank. */
let amount = 300;
async function made(StockCount: number) {
  amount += 1;
  const guid = await links.made({ ...product, ItemAmount: amount, StockTrack: true, StockCount });
  const kurus = amount * 100;
  const atBank = async () =>
    (await world.bank.orders()).filter(({ saleKurus }) => saleKurus === kurus).length;
  return { guid, atBank };
}
const page = async (guid: string) => {
  const reply = await fetch(`${world.url}/po/10001/${guid}?lang=en`);
  return { status: reply.status, text: await reply.text() };
};
const soldOut = { status: 410, text: expect.stringContaining("<h1>Sold out</h1>") };
const forSale = { status: 200, text: expect.stringContaining("Seramik kupa") };
const refused = expect.objectContaining({ code: "link_closed", details: { state: "sold_out" } });
const ending = (work: Promise<{ attempt: { status: string } }>) =>
  work.then(
    ({ attempt }) => attempt.status,
    (error: unknown) =>
      error instanceof Refusal && error.code === "link_closed"
        ? String((error as Refusal<"link_closed">).details.state)
        : Promise.reject(error),
  );
/** The whole way by pages, of which the last one is answered. */
async function walk(guid: string) {
  const { payer } = bankPaysIn(world);
  const { session, token } = await payers.enter(await payers.come(guid));
  const names = { session_id: handleOf(world.deps.ring, session), token_id: token.guid };
  const gate = `${world.url}/v1/paynetjgate/tds?${new URLSearchParams({ ...names, lang: "en" })}`;
  const sid = await payer.toBank(gate);
  return { gate, payer, resolved: await payer.resolve(sid, { result: "approve" }) };
}

describe("a link that counts what it sells", () => {
  test("sells as many as there are, to whoever comes at the same time", async () => {
    const { guid, atBank } = await made(3);
    const all = await Promise.all(Array.from({ length: 10 }, () => payers.prepare(guid)));
    const ends = await Promise.all(all.map((each) => ending(payers.complete(each))));
    const of = (end: string) => ends.filter((each) => each === end).length;
    expect([of("approved"), of("sold_out")]).toEqual([3, 7]);
    expect(await atBank()).toBe(3);
    expect(await page(guid)).toMatchObject(soldOut);
    await expect(payers.come(guid)).rejects.toEqual(refused);
  });

  test("sells the last one to one of two, and tells the other what happened", async () => {
    const { guid, atBank } = await made(1);
    const [first, second] = [await walk(guid), await walk(guid)];
    const paid = await first.payer.comeBack(first.resolved);
    expect(paid.text).toContain("Your payment was received");
    const missed = await second.payer.comeBack(second.resolved);
    expect(missed.status).toBe(410);
    expect(missed.text).toContain("<h1>Sold out</h1>");
    expect(missed.text).toContain("Nothing was taken from the card this time.");
    const again = await first.payer.comeBack(first.resolved);
    expect(again.text).toContain("Your payment was received");
    expect(await atBank()).toBe(1);
  });

  test("has one again after a decline, and none while the bank has not said", async () => {
    const { guid, atBank } = await made(1);
    await world.bank.fault("decline", { op: "sale" }, { code: "51" });
    expect((await payers.pay(guid)).attempt.status).toBe("declined");
    expect(await page(guid)).toMatchObject(forSale);
    const [one, other] = [await payers.prepare(guid), await payers.prepare(guid)];
    await world.bank.fault("reset_after_commit", { op: "sale" });
    expect((await payers.complete(one)).attempt.status).toBe("doubtful");
    expect(await page(guid)).toMatchObject(soldOut);
    await expect(payers.complete(other)).rejects.toEqual(refused);
    await world.advance(10_000);
    expect(await page(guid)).toMatchObject(soldOut);
    expect(await atBank()).toBe(1);
  });

  test("has one again of a charge that never came to the bank", async () => {
    const { guid } = await made(1);
    const prepared = await payers.prepare(guid);
    await world.bank.fault("reset_before_commit", { op: "sale" });
    expect((await payers.complete(prepared)).attempt.status).toBe("doubtful");
    expect(await page(guid)).toMatchObject(soldOut);
    for (const gap of INQUIRY_GAPS_MS) await world.advance(gap);
    expect(await page(guid)).toMatchObject(forSale);
    expect((await payers.pay(guid)).attempt.status).toBe("approved");
  });

  test("does not get back what is refunded: the shop may have sent it", async () => {
    const { guid } = await made(1);
    const { attempt } = await payers.pay(guid);
    await world.advance(2 * DAY_MS);
    const back = await world.post("v1/transaction/reversed_request", {
      xact_id: String(attempt.xact),
    });
    expect(back.body).toMatchObject({ code: 0 });
    expect(await page(guid)).toMatchObject(soldOut);
  });

  test("keeps one piece for a payer whose browser asks twice, or many times at once", async () => {
    const { guid, atBank } = await made(2);
    const prepared = await payers.prepare(guid);
    const many = Array.from({ length: 5 }, () => payers.complete(prepared));
    for (const { attempt } of await Promise.all(many)) expect(attempt.status).toBe("approved");
    expect(await page(guid)).toMatchObject(forSale);
    expect((await payers.pay(guid)).attempt.status).toBe("approved");
    expect(await page(guid)).toMatchObject(soldOut);
    expect(await atBank()).toBe(2);
  });
});

describe("a process that dies at a charge of the last piece", () => {
  const steps = [
    "before update checkout_sessions",
    "after update checkout_sessions",
    "before insert payments",
    "after insert payments",
    "before insert link_stock_uses",
    "after insert link_stock_uses",
    "before the bank",
    "after the bank",
    "before settling",
    "after settling",
  ];
  const isOpened = (step: string) => steps.indexOf(step) >= 6;
  const isCharged = (step: string) => steps.indexOf(step) >= 7;
  test.each(steps.map((step, i) => [step, i + 1] as const))(
    "%s, has sold it or left it for another, once",
    async (step, at) => {
      const { guid, atBank } = await made(1);
      const prepared = await payers.prepare(guid);
      life.endAt(at);
      await expect(payers.complete(prepared)).rejects.toThrow(/dead|died/);
      expect(life.diedAt).toBe(step);
      life.live();
      // Whoever comes meanwhile finds it gone where a charge may yet be made of it.
      expect(await page(guid)).toMatchObject(isOpened(step) ? soldOut : forSale);
      const born = await restarted(world);
      try {
        for (const gap of [75_000, ...INQUIRY_GAPS_MS]) {
          world.clock.advance(gap);
          born.deps.reception.forgetAll();
          await inquireDue(born.deps.payments, (error) => {
            throw error;
          });
        }
        const { checkout } = born.deps;
        const late = finish(checkout, prepared, { clientIp: "203.0.113.9" });
        if (!isOpened(step)) await expect(late).rejects.toThrow(/session_not_found/);
        else {
          const { attempt } = (await late).done;
          expect(attempt.status).toBe(isCharged(step) ? "approved" : "declined");
        }
      } finally {
        await born.close();
      }
      expect(await page(guid)).toMatchObject(isCharged(step) ? soldOut : forSale);
      if (!isCharged(step)) expect((await payers.pay(guid)).attempt.status).toBe("approved");
      expect(await atBank()).toBe(1);
      expect(await page(guid)).toMatchObject(soldOut);
    },
  );
});

describe("where the bank's page takes the money", () => {
  let bank: ReturnType<typeof bankPaysIn>;
  beforeAll(async () => {
    bank = bankPaysIn(world);
    await bank.change({ threeDModel: "3d_pay" });
  });
  afterAll(() => bank.change({ threeDModel: "3d" }));

  test("the last one is kept for who is there, and for nobody who stays away", async () => {
    const { guid } = await made(1);
    const here = await walk(guid);
    expect(await page(guid)).toMatchObject(soldOut);
    const paid = await here.payer.comeBack(here.resolved);
    expect(paid.text).toContain("Your payment was received");
    const { guid: other } = await made(1);
    const { session, token } = await payers.enter(await payers.come(other));
    const names = { session_id: handleOf(world.deps.ring, session), token_id: token.guid };
    await bank.payer.get(`${world.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}`);
    expect(await page(other)).toMatchObject(soldOut);
    for (let i = 0; i < 6; i += 1) await bank.pass(10 * MINUTE_MS);
    expect(await page(other)).toMatchObject(forSale);
  });

  test("the last one is kept for who asks again after a process died on the way", async () => {
    const { guid, atBank } = await made(1);
    const { session, token } = await payers.enter(await payers.come(guid));
    const names = { session_id: handleOf(world.deps.ring, session), token_id: token.guid };
    const gate = `${world.url}/v1/paynetjgate/tds?${new URLSearchParams({ ...names, lang: "en" })}`;
    life.endAt(7);
    expect((await bank.payer.get(gate)).status).toBe(500);
    expect(life.diedAt).toBe("before update checkout_tokens");
    life.live();
    expect(await page(guid)).toMatchObject(soldOut);
    const sid = await bank.payer.toBank(gate);
    const paid = await bank.payer.comeBack(await bank.payer.resolve(sid, { result: "approve" }));
    expect(paid.text).toContain("Your payment was received");
    expect(await atBank()).toBe(1);
  });

  test("who comes second is told before the bank is", async () => {
    const { guid, atBank } = await made(1);
    const late = await payers.enter(await payers.come(guid));
    const first = await walk(guid);
    await first.payer.comeBack(first.resolved);
    const names = {
      session_id: handleOf(world.deps.ring, late.session),
      token_id: late.token.guid,
    };
    const query = new URLSearchParams({ ...names, lang: "en" });
    const gate = await bank.payer.get(`${world.url}/v1/paynetjgate/tds?${query}`);
    expect(gate.status).toBe(410);
    expect(gate.text).toContain("<h1>Sold out</h1>");
    expect(await atBank()).toBe(1);
  });

  test("what goes back because nobody vouches for its payer is there again", async () => {
    const { guid } = await made(1);
    const { session, token } = await payers.enter(await payers.come(guid));
    const names = { session_id: handleOf(world.deps.ring, session), token_id: token.guid };
    const gate = `${world.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}`;
    await bank.payer.resolve(await bank.payer.toBank(gate), { result: "close", mdStatus: "2" });
    expect(await page(guid)).toMatchObject(soldOut);
    await bank.pass(21 * MINUTE_MS);
    expect(await bank.standing(names)).toBe(0);
    expect(await page(guid)).toMatchObject(forSale);
  });
});

test("a piece that is sold to nobody, or kept for who paid nothing, is found", async () => {
  const { guid } = await made(2);
  const { payment: paid } = await payers.pay(guid);
  await world.bank.fault("decline", { op: "sale" }, { code: "51" });
  const { payment: declined } = await payers.pay(guid);
  const { ownerUrl } = world.database;
  const broken = async () => {
    const { findings } = await verify(world.db, world.clock(), undefined);
    return findings.filter((each) => each.broken.length > 0).map(({ promise }) => promise);
  };
  const count = (more: string) =>
    asOwner(ownerUrl, `update link_stocks set taken = taken ${more} where link_id = '${guid}'`);
  await count("+ 1");
  expect(await broken()).toEqual([expect.stringMatching(/^I13/)]);
  await count("- 1");
  const move = (from: string, to: string) =>
    asOwner(
      ownerUrl,
      `update link_stock_uses set payment_id = '${to}' where payment_id = '${from}'`,
    );
  await move(paid.id, declined.id);
  expect(await broken()).toEqual([expect.stringMatching(/^I13/)]);
  await move(declined.id, paid.id);
  expect(await broken()).toEqual([]);
});
