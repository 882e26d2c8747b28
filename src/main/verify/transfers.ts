import { setTimeout as pause } from "node:timers/promises";
import type { Db } from "../../db/pool.ts";
import { listRuns } from "./at-bank.store.ts";
import { idsAtBank } from "./at-bank.ts";
import { pagesOf } from "./pages.ts";
import { type BankTransfer, isOpenDifference, transferDifference } from "./transfers.rules.ts";
import { readByReferences, referenceOf } from "./transfers.store.ts";

const PAGE = 1_000;
const SHOWN_MAX = 20;
/** A transfer may be settled between two looks: what differs is looked at again after this. */
const SECOND_LOOK_MS = 1_500;

type Bank = Readonly<{ url: string; token: string }>;

async function readTransfers(bank: Bank, query: string): Promise<BankTransfer[]> {
  const reply = await fetch(`${bank.url}/_sim/transfers?${query}`, {
    headers: { "x-sim-token": bank.token },
  });
  if (!reply.ok) throw new Error(`The bank's book cannot be read: HTTP ${reply.status}`);
  return ((await reply.json()) as { transfers: BankTransfer[] }).transfers;
}

async function secondLook(db: Db, bank: Bank, reference: string): Promise<string | undefined> {
  const [transfer] = await readTransfers(bank, `orderNo=${reference}`);
  const ours = (await readByReferences(db, [reference])).get(reference);
  if (transfer) {
    return isOpenDifference(transfer, ours) ? undefined : transferDifference(transfer, ours);
  }
  return ours?.state === "paid" ? "paid here, unknown at the bank" : undefined;
}

/**
 * Walks all transfers of the sandbox bank, then our paid runs, and names what differs; apart from
 * it what the bank has denied, has paid, and will be asked about again.
 */
export async function compareTransfers(db: Db, bank: Bank) {
  const suspects = new Set<string>();
  const known = new Set<string>();
  const open = new Set<string>();
  const read = (after: number) => readTransfers(bank, `after=${after}&limit=${PAGE}`);
  for await (const page of pagesOf({ after: 0, read, keyOf: ({ id }) => id }, PAGE)) {
    const references = page.map(({ reference }) => reference);
    const ours = await readByReferences(db, references);
    for (const each of page) {
      known.add(each.reference);
      const run = ours.get(each.reference);
      if (isOpenDifference(each, run)) open.add(each.reference);
      else if (transferDifference(each, run)) suspects.add(each.reference);
    }
  }
  for await (const id of idsAtBank(db, listRuns)) {
    if (!known.has(referenceOf(id))) suspects.add(referenceOf(id));
  }
  if (suspects.size > 0) await pause(SECOND_LOOK_MS);
  const broken: string[] = [];
  for (const reference of [...suspects].slice(0, SHOWN_MAX)) {
    const what = await secondLook(db, bank, reference);
    if (what) broken.push(`transfer ${reference}: ${what}`);
  }
  return {
    transfers: known.size,
    broken,
    open: [...open].slice(0, SHOWN_MAX),
    openCount: open.size,
  };
}
