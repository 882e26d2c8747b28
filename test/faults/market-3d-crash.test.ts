import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { INQUIRY_GAPS_MS } from "../../src/payments/doubt.rules.ts";
import { inquireDue } from "../../src/payments/index.ts";
import { type MarketPayers, marketPayersOf, toldIn } from "../support/market-payers.ts";
import type { Page, Resolved } from "../support/payer.ts";
import { paywallOf } from "../support/paywall.ts";
import { enrolMembers } from "../support/sales.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";
import { gate } from "./late.ts";
import { Life, mortalCheckout, type Rebirth, type Restarted, restarted } from "./mortal.ts";

const life = new Life();
let world: TestWorld;
let shop: MarketPayers;
beforeAll(async () => {
  world = await createWorld({ wrapDeps: (deps) => mortalCheckout(deps, life) });
  await enrolMembers(world);
  shop = marketPayersOf(world, paywallOf(world));
});
afterAll(() => world.close());
beforeEach(() => life.live());

const OPEN_LEASE_MS = 75_000;
/** Longer than an open attempt is taken for one that is still under way. */
const A_WHILE_MS = 5_000;

/** A process born after the death, for as long as `run` takes. */
async function afterDeath(
  run: (born: Restarted, url: string) => Promise<void>,
  more: Rebirth = {},
): Promise<void> {
  const born = await restarted(world, more);
  world.clock.advance(A_WHILE_MS);
  life.live();
  try {
    await run(born, await born.listen());
  } finally {
    await born.close();
  }
}

/** What the process after it does by itself. */
async function recover(born: Restarted): Promise<void> {
  for (const gap of [OPEN_LEASE_MS, ...INQUIRY_GAPS_MS]) {
    world.clock.advance(gap);
    born.deps.reception.forgetAll();
    await inquireDue(born.deps.payments, (error) => {
      throw error;
    });
  }
}

/** Posts the bank's return to another process than the one that the bank knows. */
const comeBackAt = (url: string, { posts }: Resolved): Promise<Page> => {
  const { action, ...post } = posts.at(-1)!;
  return shop.payer.sendBack({ ...post, action: action.replace(world.url, url) });
};
const endAt = async (url: string, code: string) => {
  const wire = paywallOf({ ...world, url });
  return wire.post("api/paywall/payment/end3d", { MerchantUniqueCode: code });
};

/** From the bank's word to the settled charge: every write, and the bank itself. */
const steps = [
  "before update checkout_tokens",
  "after update checkout_tokens",
  "before update checkout_sessions",
  "after update checkout_sessions",
  "before opening",
  "after opening",
  "before the bank",
  "after the bank",
  "before settling",
  "after settling",
];
const cases = steps.map((step, i) => [step, i + 1] as const);
const isKnown = (step: string) => steps.indexOf(step) >= 1;
const wasOpened = (step: string) => steps.indexOf(step) >= 5;

describe("a return whose process dies", () => {
  test.each(cases)("%s is completed by the payer's reload, and charged once", async (step, at) => {
    const { code, resolved } = await shop.answered();
    life.endAt(at);
    await shop.payer.comeBack(resolved);
    expect(life.diedAt).toBe(step);
    await afterDeath(async (born, url) => {
      let page = await comeBackAt(url, resolved);
      // What was sent and is not settled is asked about; the payer waits for it here.
      if (!page.form) {
        await recover(born);
        page = await comeBackAt(url, resolved);
      }
      const status = toldIn(page.form)["status"];
      // A request that surely never went out is a plain no, and the shop is told so.
      const isUnsent = step === "after opening" || step === "before the bank";
      expect(status).toBe(isUnsent ? "Unsuccessful" : "Success");
      expect(await shop.standing(code)).toBe(isUnsent ? 0 : 1);
      expect(await endAt(url, code)).toMatchObject({ ErrorCode: 7, Result: false });
    });
    expect(await shop.standing(code)).toBeLessThanOrEqual(1);
    await expectSound(world);
  });

  test.each(cases.filter(([step]) => !wasOpened(step)))(
    "%s is completed by the shop's own end3d where the bank's word had been kept",
    async (step, at) => {
      const { code, resolved } = await shop.answered();
      life.endAt(at);
      await shop.payer.comeBack(resolved);
      await afterDeath(
        async (_born, url) => {
          const ends = await Promise.all([endAt(url, code), endAt(url, code)]);
          const codes = ends.map(({ ErrorCode }) => ErrorCode).sort();
          expect(codes).toEqual(isKnown(step) ? [0, 7] : [1, 1]);
        },
        { waits: true },
      );
      expect(await shop.standing(code)).toBe(isKnown(step) ? 1 : 0);
      await expectSound(world);
    },
  );

  test("is completed by one end3d, for which a second waits while the bank works", async () => {
    const { code, resolved } = await shop.answered();
    life.endAt(steps.indexOf("before opening"));
    await shop.payer.comeBack(resolved);
    const way = gate();
    const wrapBank: Rebirth["wrapBank"] = (find) => (pos) => {
      const bank = find(pos);
      return { ...bank, charge: (order) => way.pass().then(() => bank.charge(order)) };
    };
    await afterDeath(
      async (born, url) => {
        const pause = vi.spyOn(born.deps.payments, "pause");
        const first = endAt(url, code);
        await way.arrived;
        const second = endAt(url, code);
        await expect.poll(() => pause.mock.calls.length).toBeGreaterThan(0);
        way.open();
        expect(await second).toMatchObject({ ErrorCode: 7, Result: false });
        expect(await first).toMatchObject({ ErrorCode: 0 });
      },
      { waits: true, wrapBank },
    );
    expect(await shop.standing(code)).toBe(1);
    await expectSound(world);
  });

  test("and to whom nobody comes back takes nothing, then or later", async () => {
    const { code, resolved } = await shop.answered();
    life.endAt(2);
    await shop.payer.comeBack(resolved);
    await afterDeath(async (born, url) => {
      await recover(born);
      expect(await endAt(url, code)).toMatchObject({ ErrorCode: 1, Result: false });
      const page = await comeBackAt(url, resolved);
      expect(toldIn(page.form)).toMatchObject({ status: "Unsuccessful" });
    });
    expect(await shop.moved(code)).toEqual([]);
    await expectSound(world);
  });
});

describe("a payer whom the bank turned away, and whose return's process dies", () => {
  const ends = ["update checkout_tokens", "insert event_outbox"].flatMap((what) => [
    `before ${what}`,
    `after ${what}`,
  ]);
  test.each(ends.map((step, i) => [step, i + 1] as const))(
    "%s is news once, when the payer comes again",
    async (step, at) => {
      const { code, resolved } = await shop.answered({}, { result: "reject" });
      life.endAt(at);
      await shop.payer.comeBack(resolved);
      expect(life.diedAt).toBe(step);
      await afterDeath(async (_born, url) => {
        for (const _again of [1, 2]) {
          const page = await comeBackAt(url, resolved);
          expect(toldIn(page.form)).toMatchObject({ status: "Unsuccessful" });
        }
      });
      const { rows } = await world.db.pool.query<{ type: string }>(
        "select type from events where subject_id = $1",
        [`pay_${await shop.orderOf(code)}`],
      );
      expect(rows).toEqual([{ type: "payment.turned_away" }]);
      expect(await shop.moved(code)).toEqual([]);
    },
  );
});
