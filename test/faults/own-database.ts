import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Embedded, startEmbedded } from "../../src/db/embedded.ts";
import { migrate } from "../../src/db/migrate.ts";
import { createWorld } from "../support/world.ts";

const DATABASE = "vezne";

/** A world on a database server of its own, which can be stopped and started again under it. */
export async function worldOnOwnDatabase() {
  const folder = await mkdtemp(path.join(tmpdir(), "vezne-own-"));
  await chmod(folder, 0o711); // When root runs this, the database user must get through.
  let server: Embedded;
  const start = async () => {
    server = await startEmbedded({ folder, settings: { shared_buffers: "32MB" } });
    return server;
  };
  const stop = () => server.stop();
  const { ownerUrl, appUrl, app, ensureDatabase } = await start();
  await ensureDatabase(DATABASE);
  await migrate(ownerUrl(DATABASE), { app });
  const database = { ownerUrl: ownerUrl(DATABASE), appUrl: appUrl(DATABASE), drop: async () => {} };
  const world = await createWorld({ database });
  const close = async () => {
    await world.close();
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { world, start, stop, close };
}
