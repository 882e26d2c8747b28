import { inTx } from "../../src/db/transaction.ts";
import { after } from "../../src/lib/clock.ts";
import { bareId } from "../../src/lib/id.ts";
import { SENDER_LEASE_MS } from "../../src/payouts/create-payout.ts";
import { createPayout, type NewPayout, readPayout, readRuns } from "../../src/payouts/index.ts";
import type { Payout } from "../../src/payouts/payout.rules.ts";
import type { TestWorld } from "./world.ts";

const SECOND_MS = 1_000;
/** Longer than any lease, and then question by question until "not found" is believed. */
const WALK_MS = [190, 80, 30, 60, 120, 180, 15, 15, 60, 600, 3_600].map((s) => s * SECOND_MS);

export type BankTransfer = Readonly<{
  reference: string;
  state: "pending" | "paid" | "refused";
  code: string;
  amountKurus: number;
  iban: string;
  description: string;
}>;

/** What the bank was ever asked to transfer. */
export async function bankTransfers({ bank }: Pick<TestWorld, "bank">): Promise<BankTransfer[]> {
  const { transfers } = await bank.admin("GET", "/transfers?limit=10000");
  return transfers as BankTransfer[];
}

let made = 0;
/** Whoever asked for it has left it to whoever comes first. */
const LEFT_MS = SENDER_LEASE_MS + SECOND_MS;

/** A payout to the platform's own account, of no earnings, that is due at once. */
export async function duePayout(world: TestWorld, more: Partial<NewPayout> = {}): Promise<Payout> {
  const merchantId = world.merchant.merchantId;
  made += 1;
  const asked: NewPayout = {
    merchantId,
    number: await world.deps.payouts.nextPayout(merchantId),
    kind: "direct",
    party: "platform",
    member: null,
    connection: 1n,
    currency: "TRY",
    amountMinor: BigInt(10_000 + made),
    count: 0,
    days: null,
    code: null,
    receiver: null,
    description: "Hakediş",
    details: {},
    createdAt: after(world.clock(), -LEFT_MS),
    ...more,
  };
  return inTx(world.db, (tx) => createPayout(tx, asked));
}

export async function stateOf(world: TestWorld, { merchantId, number }: Payout): Promise<Payout> {
  const found = await readPayout(world.db.kysely, merchantId, { number });
  if (!found) throw new Error(`payout ${number} is gone`);
  return found;
}

export const runsOf = (world: TestWorld, { merchantId, number }: Payout) =>
  readRuns(world.db.kysely, merchantId, number);

/** Lives on until whatever a process left has ended. */
export async function liveOn(world: TestWorld, steps: readonly number[] = WALK_MS): Promise<void> {
  for (const ms of steps) await world.advance(ms);
}

/**
 * The bank's book is the witness: what it paid is what our runs say that it paid, each run once and
 * each payout at most once, and the ledger says the same.
 */
export async function expectTruth(world: TestWorld, payouts: readonly Payout[]): Promise<void> {
  const atBank = await bankTransfers(world);
  const paidAtBank = atBank.filter(({ state }) => state === "paid");
  const runs = (await Promise.all(payouts.map((each) => runsOf(world, each)))).flat();
  const ours = runs.map((run) => ({ ...run, reference: bareId(run.id) }));
  const told = ours.filter(({ state }) => state === "paid");
  const byReference = (all: readonly { reference: string; minor: bigint }[]) =>
    all.map(({ reference, minor }) => `${reference} ${minor}`).toSorted();
  const names = new Set(ours.map(({ reference }) => reference));
  const theirs = paidAtBank
    .filter(({ reference }) => names.has(reference))
    .map(({ reference, amountKurus }) => ({ reference, minor: BigInt(amountKurus) }));
  const mine = told.map(({ reference, amountMinor: minor }) => ({ reference, minor }));
  if (byReference(theirs).join() !== byReference(mine).join()) {
    throw new Error(`The bank paid ${byReference(theirs)}, and we say ${byReference(mine)}`);
  }
  const paidOf = Map.groupBy(told, ({ payout }) => payout);
  for (const [payout, all] of paidOf) {
    if (all.length > 1) throw new Error(`payout ${payout} was paid ${all.length} times`);
  }
  const check = await world.bank.check();
  if (check["ok"] !== true) throw new Error(`The bank's book: ${JSON.stringify(check)}`);
  await world.isSound();
}
