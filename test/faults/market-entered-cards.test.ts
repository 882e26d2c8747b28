import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { gather } from "../../src/db/gather.ts";
import { inTx, type Tx } from "../../src/db/transaction.ts";
import { type CardId, newId } from "../../src/lib/id.ts";
import { insertSales, saleKey, type WholeSale } from "../../src/marketplace/sales.store.ts";
import { cardEntriesOf } from "../support/entered-cards.ts";
import {
  type MarketPayers,
  marketPayersOf,
  type StartBody,
  toldIn,
} from "../support/market-payers.ts";
import { type Envelope, type Paywall, paywallOf } from "../support/paywall.ts";
import { enrolMembers, type SaleBody, saleCode, sellOn } from "../support/sales.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";
import { Life, mortalSales, restarted } from "./mortal.ts";

const life = new Life();
let world: TestWorld;
let wire: Paywall;
let shop: MarketPayers;
let entered: () => Promise<string>;
/** Another process of the same platform. */
let other: Awaited<ReturnType<typeof restarted>>;
let otherWire: Paywall;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => mortalSales(deps, life) });
  wire = paywallOf(world);
  await enrolMembers(world);
  shop = marketPayersOf(world, wire);
  ({ entered } = cardEntriesOf(world, wire));
  other = await restarted(world, { waits: true });
  otherWire = paywallOf({ ...world, url: await other.listen() });
});
afterAll(async () => {
  life.live();
  await other.close();
  await expectSound(world);
  await world.close();
});
beforeEach(() => life.live());

const USED = 18;
const CODE_TAKEN = 4;
const CODE = "123";
const ROUNDS = 2;

/** The security code is in one process alone, so the shop's server says it again. */
const cardOf = (TempCardToken: string) => ({
  ...{ OwnerName: "", Number: "", ExpireMonth: "", ExpireYear: "" },
  TempCardToken,
  Cvv: CODE,
});

type Ask = Readonly<{ code: string; token: string }>;
type Answered = Envelope<SaleBody> | Envelope<StartBody>;
type Way = (ask: Ask) => Promise<Answered>;
const detailOf = ({ code }: Ask) => ({ MerchantUniqueCode: code });
const direct =
  (on: () => Paywall): Way =>
  (ask) =>
    sellOn(on(), { detail: detailOf(ask), card: cardOf(ask.token) });
const page =
  (on: () => Paywall, path: string): Way =>
  (ask) =>
    marketPayersOf(world, on()).start({ detail: detailOf(ask), card: cardOf(ask.token) }, path);

const here = () => wire;
const there = () => otherWire;

/** Sales and holds that the bank has approved, of whomever. */
async function atBank(): Promise<number> {
  const { txns } = await world.bank.admin("GET", "/txns?limit=1000");
  return (txns as { type: string; result: string }[]).filter(
    ({ type, result }) => type === "sale" && result === "approved",
  ).length;
}
const soldAs = async (codes: readonly string[]) =>
  world.db.kysely.selectFrom("sales").select(["code"]).where("code", "in", codes).execute();

/** Whoever came through, of requests that come together; the others were told of a used card. */
async function race(asks: readonly Readonly<{ way: Way; code: string }>[]) {
  const token = await entered();
  const before = await atBank();
  const all = await Promise.all(
    asks.map(async ({ way, code }) => ({ way, code, answer: await way({ code, token }) })),
  );
  const won = all.filter(({ answer }) => answer.ErrorCode === 0);
  expect(won).toHaveLength(1);
  const [{ code, answer }] = won as [(typeof all)[number]];
  const refusals = all.filter((each) => each.answer !== answer);
  for (const each of refusals) {
    expect(each.answer).toMatchObject({ status: 200, Result: false, Body: null });
    const expected = each.code === code ? [CODE_TAKEN, USED] : [USED];
    expect(expected).toContain(each.answer.ErrorCode);
  }
  expect(await soldAs(asks.map((each) => each.code))).toEqual([{ code }]);
  const isDirect = !("RedirectUrl" in answer.Body);
  expect((await atBank()) - before).toBe(isDirect ? 1 : 0);
  return { code, answer, token, refused: refusals.filter((each) => each.code !== code) };
}

/** Pays what came through; a payer who was sent to the bank comes back, to the first process. */
async function paidBy(code: string, { Body }: Answered): Promise<void> {
  if ("RedirectUrl" in Body) {
    const sid = await shop.payer.toBankTyping(Body.RedirectUrl, CODE);
    const resolved = await shop.payer.resolve(sid, { result: "approve" });
    const { form } = await shop.payer.comeBack(resolved);
    expect(toldIn(form)).toMatchObject({ status: "Success" });
  }
  expect(await shop.standing(code)).toBe(1);
}

describe("requests that name one card at the same moment", () => {
  const once = (ways: readonly Way[]) => ways.map((way) => ({ way, code: saleCode() }));
  const rounds = Array.from({ length: ROUNDS }, (_, i) => i + 1);

  test.each(rounds)("take one payment without 3-D Secure: round %i", async () => {
    await race(once(Array.from({ length: 6 }, () => direct(here))));
  });

  test.each(rounds)("take one, also where some repeat each other: round %i", async () => {
    const [a, b] = [saleCode(), saleCode()];
    await race([a, b, a, b, a, b].map((code) => ({ way: direct(here), code })));
  });

  test.each(rounds)("take one, also in two processes: round %i", async () => {
    await race(once([here, there, here, there].map(direct)));
  });

  test.each(rounds)("take one, with 3-D Secure or without: round %i", async () => {
    const ways = [page(here, "start3d"), page(there, "start3dmodel"), direct(here), direct(there)];
    const { code, answer, refused } = await race(once(ways));
    // What was refused left nothing behind: its code sells by another card.
    for (const each of refused) {
      expect(await each.way({ code: each.code, token: await entered() })).toMatchObject({
        ErrorCode: 0,
      });
    }
    await paidBy(code, answer);
  });

  test.each([
    ["the payer comes back to", here],
    ["the payer does not come to, which costs typing the code once more", there],
  ])("take one with 3-D Secure in a process that %s", async (_, process) => {
    const { code, answer } = await race(once([page(process, "start3d")]));
    await paidBy(code, answer);
  });
});

/** Answers that nobody waits for any more. */
const inDeath = async (way: Way, ask: Ask, at: number) => {
  life.endAt(at);
  expect(await way(ask)).toMatchObject({ Result: false });
  const { diedAt } = life;
  life.live();
  return diedAt;
};

describe("a card whose request dies", () => {
  const steps = [
    "before storing",
    "after storing",
    "before the bank",
    "after the bank",
    "before settling",
    "after settling",
  ];

  test.each(steps.map((step, i) => [step, i + 1] as const))(
    "%s pays once: that sale, or another one where it was not stored",
    async (step, at) => {
      const token = await entered();
      const [first, second] = [saleCode(), saleCode()];
      const before = await atBank();
      expect(await inDeath(direct(here), { code: first, token }, at)).toBe(step);
      const isStored = step !== "before storing";
      const next = await direct(there)({ code: second, token });
      expect(next.ErrorCode).toBe(isStored ? USED : 0);
      const again = await direct(there)({ code: first, token });
      expect(again.ErrorCode).toBe(isStored ? CODE_TAKEN : USED);
      expect(await soldAs([first, second])).toEqual([{ code: isStored ? first : second }]);
      expect((await atBank()) - before).toBeLessThanOrEqual(1);
    },
  );

  test("pays another sale where its way to the bank's page was not stored, else none", async () => {
    for (const [at, step] of [
      [1, "before insert sales"],
      [2, "after insert sales"],
    ] as const) {
      const token = await entered();
      const [first, second] = [saleCode(), saleCode()];
      expect(await inDeath(page(here, "start3d"), { code: first, token }, at)).toBe(step);
      const isStored = at === 2;
      const next = await direct(there)({ code: second, token });
      expect(next.ErrorCode).toBe(isStored ? USED : 0);
      expect(await soldAs([first, second])).toEqual([{ code: isStored ? first : second }]);
    }
  });
});

describe("sales of the same cards, in statements that come together", () => {
  /** A sale that is stored and undone again. */
  const saleBy = async (enteredCardId: CardId | null): Promise<WholeSale> => {
    const { merchantId } = world.merchant;
    const now = world.clock();
    const number = await world.deps.payments.nextXact(merchantId);
    const ids = { number, code: saleCode(), paymentId: newId("pay", now), enteredCardId };
    const way = { sessionId: null, tokenId: null, waitsForEnd: false, createdAt: now };
    const sum = { currency: "TRY", amountMinor: 100n, details: {} } as const;
    return { sale: { merchantId, ...ids, ...way, ...sum }, products: [], watches: [] };
  };
  /** Another sale of a code, without a card. */
  const withCode = async (code: string): Promise<WholeSale> => {
    const whole = await saleBy(null);
    return { ...whole, sale: { ...whole.sale, code } };
  };
  const waiting = async () => {
    const { rows } = await world.db.pool.query<{ count: number }>(
      `select count(*)::int from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock'`,
    );
    return rows[0]!.count;
  };
  const undo = new Error("undone");
  const undone = (run: (tx: Tx) => Promise<void>) =>
    inTx(world.db, async (tx) => {
      await run(tx);
      throw undo;
    }).catch((error: unknown) => (error === undo ? undefined : Promise.reject(error)));

  test("wait for one another in one order, so that none waits for ever", async () => {
    for (let i = 0; i < 4; i += 1) await entered();
    const { rows } = await world.db.pool.query<{ id: CardId }>(
      "select id from cards order by id desc limit 4",
    );
    const [last, near, far, first] = rows.map(({ id }) => id) as [CardId, CardId, CardId, CardId];
    const all = (ids: readonly CardId[]) => Promise.all(ids.map(saleBy));
    const [there, back, held] = [
      await all([first, far, last]),
      await all([last, near, first]),
      await all([near, far]),
    ];
    const both: Promise<void>[] = [];
    await undone(async (tx) => {
      await insertSales(tx, held);
      for (const each of [there, back]) {
        both.push(undone(async (own) => void (await insertSales(own, each))));
      }
      await expect.poll(waiting, { interval: 10 }).toBe(2);
    });
    await Promise.all(both);
  });

  test("are all stored where their codes cross with those of others that are undone", async () => {
    for (let i = 0; i < 2; i += 1) await entered();
    const { rows } = await world.db.pool.query<{ id: CardId }>(
      "select id from cards order by id desc limit 2",
    );
    const [last, first] = await Promise.all(rows.map(({ id }) => saleBy(id)));
    // In the order of the cards, so that the batch has the first one while it waits.
    const others = await Promise.all([first!, last!].map(({ sale }) => withCode(sale.code)));
    const isStored = gather(
      async (asks: WholeSale[]) => {
        let stored = new Set<string>();
        await undone(async (tx) => {
          stored = await insertSales(tx, asks);
        });
        return asks.map(({ sale }) => stored.has(saleKey(sale)));
      },
      ({ sale }) => sale.code,
    );
    let batch: Promise<boolean[]> | undefined;
    const crossing = undone(async (tx) => {
      await insertSales(tx, [others[1]!]);
      batch = Promise.all([isStored(last!), isStored(first!)]);
      await expect.poll(waiting, { interval: 10 }).toBe(1);
      await insertSales(tx, [others[0]!]);
    });
    // Whichever of the two the server ends: both are undone.
    await Promise.allSettled([crossing]);
    expect(await batch).toEqual([true, true]);
  });
});
