import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { giveBackDue } from "../../src/checkout/index.ts";
import { inquireDue } from "../../src/payments/index.ts";
import { bankPaysIn, MINUTE_MS } from "../support/bank-pays.ts";
import { runJobs } from "../support/jobs.ts";
import type { Names, Page, Resolved } from "../support/payer.ts";
import { createWorld, type TestWorld } from "../support/world.ts";
import { expectSound } from "./hands.ts";
import { Life, mortalCheckout, type Restarted, restarted } from "./mortal.ts";

const life = new Life();
let world: TestWorld;
let bank: ReturnType<typeof bankPaysIn>;
beforeAll(async () => {
  world = await createWorld({
    wrapDeps(deps) {
      const { checkout, payments, ...rest } = mortalCheckout(deps, life);
      // What is given back is written beside the payments.
      const both = { ...payments, db: checkout.db };
      return { ...rest, payments: both, checkout: { ...checkout, payments: both } };
    },
  });
  bank = bankPaysIn(world);
  await bank.change({ threeDModel: "3d_pay" });
});
afterAll(() => world.close());

/** The process that still lives, as payers and shops reach it: the first one, or its heir. */
async function livingWorld() {
  let heir: { born: Restarted; url: string } | undefined;
  const move = (url: string) => (heir ? url.replace(world.url, heir.url) : url);
  return {
    /** Runs a step; where the process dies in it, it is run once more on the next one. */
    async step<T>(run: (move: (url: string) => string) => Promise<T>): Promise<T> {
      const first = await run(move);
      if (life.diedAt === undefined || heir) return first;
      const born = await restarted(world);
      heir = { born, url: await born.listen() };
      return run(move);
    },
    async charge(names: Names) {
      const ask = () =>
        heir ? heir.born.post("v2/transaction/tds_charge", names) : bank.payer.charge(names);
      const first = await ask();
      if (life.diedAt === undefined || heir) return first.body;
      const born = await restarted(world);
      heir = { born, url: await born.listen() };
      world.clock.advance(5_000);
      return (await ask()).body;
    },
    /** What falls due, done by the first process as long as it lives, and then by the next one. */
    async pass(ms: number): Promise<void> {
      world.clock.advance(ms);
      const errors = (error: unknown) => {
        if (life.diedAt === undefined || heir) throw error;
      };
      const dueOf = async ({ payments, reception }: TestWorld["deps"]) => {
        reception.forgetAll();
        await inquireDue(payments, errors);
        await giveBackDue(payments, errors);
      };
      if (heir) return dueOf(heir.born.deps);
      await dueOf(world.deps).catch(errors);
      if (life.diedAt === undefined) return undefined;
      const born = await restarted(world);
      heir = { born, url: await born.listen() };
      return dueOf(born.deps);
    },
    close: () => heir?.born.close(),
  };
}
type Living = Awaited<ReturnType<typeof livingWorld>>;

/** Through the bank's page; nothing where the way to it was lost with the process. */
async function toReturn(living: Living, postUrl: string, asked: object) {
  const gate = await living.step(async (move) => {
    const page = await bank.payer.get(move(postUrl));
    if (!page.form?.action.startsWith("/")) return page;
    // The security code went with the process that knew it.
    const action = new URL(page.form.action, page.url).href;
    return bank.payer.submit({ action, fields: { ...page.form.fields, cvc: "000" } });
  });
  if (!gate.form) return undefined;
  const page = await bank.payer.submit(gate.form);
  const sid = /\/acs\/([\w-]+)/.exec(page.url + page.text)?.[1];
  return sid === undefined ? undefined : bank.payer.resolve(sid, asked);
}

const comeBack = (living: Living, { posts }: Resolved): Promise<Page> => {
  const { action, ...post } = posts.at(-1)!;
  return living.step((move) => bank.payer.sendBack({ ...post, action: move(action) }));
};

type Way = Readonly<{ asked: object; returns: boolean; asks: boolean }>;
const ways: Readonly<Record<string, Way>> = {
  "who comes back to a shop that asks": {
    ...{ asked: { result: "approve" }, returns: true, asks: true },
  },
  "who comes back to a shop that never asks": {
    ...{ asked: { result: "approve" }, returns: true, asks: false },
  },
  "who closes the browser, and the shop never asks": {
    ...{ asked: { result: "approve" }, returns: false, asks: false },
  },
  "whose bank charges without vouching for the holder": {
    ...{ asked: { result: "mdStatus", mdStatus: "2" }, returns: true, asks: true },
  },
};
/** More steps than any of these ways has. */
const STEPS_MAX = 34;
const deaths = new Map<string, Set<string>>();

describe.each(Object.entries(ways))("a payer %s", (name, { asked, returns, asks }) => {
  test.each(Array.from({ length: STEPS_MAX }, (_, i) => i + 1))(
    "whose process dies at step %i pays what the shop is told of, and nothing else",
    async (at) => {
      life.live();
      const { body } = await bank.payer.start();
      const names: Names = {
        session_id: String(body["session_id"]),
        token_id: String(body["token_id"]),
      };
      const living = await livingWorld();
      life.endAt(at);
      const resolved = await toReturn(living, String(body["post_url"]), asked);
      if (resolved && returns) await comeBack(living, resolved);
      const told = asks ? await living.charge(names) : {};
      for (let i = 0; i < 16; i += 1) await living.pass(5 * MINUTE_MS);
      deaths.set(name, (deaths.get(name) ?? new Set()).add(life.diedAt ?? "not at all"));
      life.live();
      await runJobs(world);

      const isTold = told["is_succeed"] === true;
      if (isTold) expect([0, 100]).toContain(told["code"]);
      expect(await bank.standing(names)).toBe(isTold ? 1 : 0);
      const row = await bank.tries.rowOf(names);
      expect(row.unclaimed_at).toBeNull();
      if (!asks && row.told_at !== null) {
        expect((await bank.payer.charge(names)).body["is_succeed"]).toBe(false);
      }
      await living.close();
      await expectSound(world);
    },
  );
  test("dies at every step, and at last at none", () => {
    const all = deaths.get(name) ?? new Set();
    expect([...all]).toEqual(
      expect.arrayContaining([
        ...["before opening", "after opening", "before settling", "after settling"],
        ...["before update checkout_tokens", "after update checkout_tokens"],
        ...["before update checkout_sessions", "after update checkout_sessions", "not at all"],
      ]),
    );
    const goesBack = !asks || "mdStatus" in asked;
    if (goesBack) {
      expect([...all]).toEqual(expect.arrayContaining(["before the bank", "after the bank"]));
    }
  });
});
