import { chmod, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { isAlive, runningOn, stopServer } from "./embedded.server.ts";
import { type Embedded, type EmbeddedOptions, startEmbedded } from "./embedded.ts";

const PREFIX = "vezne-throwaway-";

/** A run that was killed could not clean up: the next one does it. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, maker] = /^vezne-throwaway-(\d+)-/.exec(name) ?? [];
    if (!maker || isAlive(Number(maker))) continue;
    const folder = path.join(tmpdir(), name);
    if ((await stat(folder)).uid !== process.getuid?.()) continue; // Another user's run.
    const server = await runningOn(path.join(folder, "postgres"));
    if (server) await stopServer(server.pid);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A server in a folder of its own; `stop` removes both. For tests and generators. */
export async function startThrowaway(
  options: Pick<EmbeddedOptions, "settings" | "log"> = {},
): Promise<Embedded> {
  await sweep();
  const folder = await mkdtemp(path.join(tmpdir(), `${PREFIX}${process.pid}-`));
  await chmod(folder, 0o711); // When root runs this, the database user must get through.
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const server = await startEmbedded({ ...options, folder });
    return { ...server, stop: () => server.stop().finally(remove) };
  } catch (error) {
    await remove();
    throw error;
  }
}
