import { charge } from "./charge.ts";
import { payout } from "./payout.ts";
import { renewals } from "./renewals.ts";

const benches: Record<string, (isJson: boolean) => Promise<void>> = { charge, payout, renewals };
const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const isJson = process.argv.includes("--json");
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const run = benches[name];
  if (!run) {
    process.stderr.write(`There is no bench "${name}". There are: ${Object.keys(benches)}.\n`);
    process.exit(1);
  }
  await run(isJson);
}
