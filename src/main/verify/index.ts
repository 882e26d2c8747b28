import { type Db, onOneView } from "../../db/pool.ts";
import { type Balance, checkSnapshots, readBalances } from "../../ledger/index.ts";
import { after } from "../../lib/clock.ts";
import type { MerchantId } from "../../lib/id.ts";
import { listMerchants } from "../../merchants/index.ts";
import { compareWithBank } from "./bank.ts";
import { countPayments, type Finding, readFlagged, runChecks } from "./checks.store.ts";
import { replay } from "./replay.ts";
import { readFlaggedRuns } from "./transfers.store.ts";
import { compareTransfers } from "./transfers.ts";

type Flagged =
  | Awaited<ReturnType<typeof readFlagged>>[number]
  | Awaited<ReturnType<typeof readFlaggedRuns>>[number];

export type Report = Readonly<{
  findings: readonly Finding[];
  flagged: readonly Flagged[];
  balances: readonly Readonly<{ company: string; balances: readonly Balance[] }>[];
  isSound: boolean;
}>;

/** How far the long parts have come: promises that are checked, then payments that are replayed. */
export type Progress = Readonly<{ unit: "promises" | "payments"; done: number; total: number }>;
export type OnProgress = (progress: Progress) => void;

const FLAGGED_MAX = 100;

/** One millisecond past now: balances are of what was posted before a moment. */
const includingNow = (now: Date, offsetMs: bigint) => after(now, Number(offsetMs) + 1);

/** What our own tables say of themselves, read inside `view`. */
async function verifyBooks(
  view: Db,
  now: Date,
  onProgress: OnProgress,
): Promise<Omit<Report, "isSound" | "flagged">> {
  const findings: Finding[] = await runChecks(view, now, (done, total) =>
    onProgress({ unit: "promises", done, total }),
  );
  const total = await countPayments(view);
  let before = 0;
  const merchants = await listMerchants(view);
  const balances = [];
  const wrongSnapshots: string[] = [];
  for (const merchant of merchants) {
    const id = merchant.id as MerchantId;
    const at = includingNow(now, merchant.clock_offset_ms);
    balances.push({ company: merchant.company_code, balances: await readBalances(view, id, at) });
    wrongSnapshots.push(...(await checkSnapshots(view, id)));
    const { replayed, broken } = await replay(view, id, (done) =>
      onProgress({ unit: "payments", done: before + done, total }),
    );
    before += replayed;
    findings.push({
      promise: `I9 each leg of ${merchant.company_code}'s books is what its payment says`,
      counted: `${replayed} payments replayed`,
      broken,
    });
  }
  findings.push({
    promise: "I1 kept balances are what the entries before them add up to",
    counted: `${merchants.length} merchants`,
    broken: wrongSnapshots,
  });
  return { findings, balances };
}

/**
 * Checks the promises that hold on every live database, and against the sandbox bank's book where
 * there is one. Reads only: our own tables on one view, so nothing that settles meanwhile looks
 * like a difference.
 */
export async function verify(
  db: Db,
  now: Date,
  bank: Readonly<{ url: string; token: string }> | undefined,
  onProgress: OnProgress = () => {},
): Promise<Report> {
  const { findings: own, balances } = await onOneView(db, (view) =>
    verifyBooks(view, now, onProgress),
  );
  const findings = [...own];
  if (bank) {
    const { orders, broken } = await compareWithBank(db, bank);
    const promise = "I5 the bank's book equals ours";
    findings.push({ promise, counted: `${orders} orders at the bank`, broken });
    const paidOut = await compareTransfers(db, bank);
    const { transfers, openCount } = paidOut;
    const open = `, ${openCount} that the bank has denied and is asked about again`;
    findings.push({
      promise: "I5 what the bank paid out is what our payouts say",
      counted: `${transfers} transfers at the bank${openCount > 0 ? open : ""}`,
      broken: paidOut.broken,
      open: paidOut.open.map((each) => `transfer ${each}: refused here, paid at the bank`),
    });
  }
  const flagged = [...(await readFlagged(db)), ...(await readFlaggedRuns(db, FLAGGED_MAX))];
  return {
    findings,
    flagged,
    balances,
    isSound: findings.every((finding) => finding.broken.length === 0),
  };
}
