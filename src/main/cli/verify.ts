import type { Command } from "commander";
import { decimalText } from "../../lib/money.ts";
import { systemClock } from "../clock.ts";
import type { Progress, Report } from "../verify/index.ts";
import { createProgress } from "./progress.ts";
import { withDb } from "./running.ts";

type Say = (line: string) => void;

const ASK_FIRST =
  "Ask the bank what it paid under this id, say it with `npx vezne payouts settle`, and send " +
  "nothing of the payout before.";

function tell(report: Report, say: Say): void {
  for (const { promise, counted, broken, open = [] } of report.findings) {
    const state = broken.length > 0 ? "BROKEN" : open.length > 0 ? "open  " : "ok    ";
    say(`${state}  ${promise}${counted && ` (${counted})`}`);
    for (const what of broken) say(`          ${what}`);
    for (const what of open) say(`    open  ${what}`);
  }
  for (const { company, balances } of report.balances) {
    if (balances.length > 0) say(`\nBalances of ${company}`);
    for (const { account, balanceMinor, currency } of balances) {
      say(`  ${account.padEnd(44)} ${decimalText(balanceMinor).padStart(18)} ${currency}`);
    }
  }
  for (const each of report.flagged) {
    say(`\nA person must look: ${each.kind} ${each.id} of ${each.payment_id}, ${each.doubt ?? ""}`);
    if (each.kind === "payout") say(`  ${ASK_FIRST}`);
  }
  say(report.isSound ? "\nThe books balance." : "\nThe books do NOT balance.");
}

/** A sandbox is verified before anybody wonders how far it is. */
const SILENT_MS = 2_000;

/** Shows how far a long report has come, each part of it on a line of its own. */
function createWatch() {
  const begin = performance.now();
  let shown: (ReturnType<typeof createProgress> & { unit: string }) | undefined;
  return {
    show({ unit, done, total }: Progress): void {
      if (performance.now() - begin < SILENT_MS) return;
      if (shown?.unit !== unit) {
        shown?.end();
        shown = { unit, ...createProgress(`verify, ${unit}`) };
      }
      shown.show({ done, total });
    },
    end: () => shown?.end(),
  };
}

export function addVerifyCommand(program: Command, say: Say): void {
  program
    .command("verify")
    .description("check that the books balance with each other and with the bank's")
    .action(() =>
      withDb(async (db, { bankUrl, token }) => {
        // Loaded here, as it is the half of the product that no other command needs.
        const { verify } = await import("../verify/index.ts");
        const at = bankUrl ? { url: bankUrl, token } : undefined;
        const watch = createWatch();
        const report = await verify(db, systemClock(), at, watch.show).finally(watch.end);
        tell(report, say);
        if (!report.isSound) process.exitCode = 1;
      }),
    );
}
