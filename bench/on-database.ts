import { chmod, mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { type Embedded, startEmbedded } from "../src/db/embedded.ts";

type Report = Readonly<{ fields: unknown; text: string }>;

/**
 * Measures on a database of its own, prints the report with the machine that made it, or its fields
 * as JSON, and removes everything.
 */
export async function printMeasured(
  isJson: boolean,
  measure: (database: Embedded) => Promise<Report>,
): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "vezne-bench-"));
  await chmod(folder, 0o711);
  try {
    const database = await startEmbedded({ folder: path.join(folder, "db") });
    const { fields, text } = await measure(database).finally(() => database.stop());
    const memoryGb = Math.round(totalmem() / 2 ** 30);
    const machine = `${cpus().length} x ${cpus()[0]?.model}, ${memoryGb} GB`;
    const out = isJson
      ? JSON.stringify(fields, null, 2)
      : `\n${machine}, Node ${process.version}\n\n${text}`;
    process.stdout.write(`${out}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
