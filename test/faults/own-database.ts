import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FindAcquirer } from "../../src/acquirers/index.ts";
import { type Embedded, startEmbedded } from "../../src/db/embedded.ts";
import { migrate } from "../../src/db/migrate.ts";
import { asOwner } from "../support/database.ts";
import { createWorld } from "../support/world.ts";

const DATABASE = "vezne";

/** What the bank has done, and we hear of only when we are let: so the database can go before. */
function bankAnswers() {
  let heard = Promise.resolve();
  let open = () => {};
  const later = async <Said>(answer: Promise<Said>): Promise<Said> => {
    const said = await answer;
    await heard;
    return said;
  };
  const wrapBank =
    (find: FindAcquirer): FindAcquirer =>
    (pos) => {
      const bank = find(pos);
      const charge: typeof bank.charge = (order) => later(bank.charge(order));
      const refund: typeof bank.refund = (order) => later(bank.refund(order));
      return { ...bank, charge, refund };
    };
  const hold = () => {
    ({ promise: heard, resolve: open } = Promise.withResolvers<void>());
  };
  return { wrapBank, hold, release: () => open() };
}

/** Ends every session of the application at once, and says so once they are gone. */
async function endSessions(ownerUrl: string): Promise<void> {
  const { rows } = await asOwner(
    ownerUrl,
    "select pid, pg_terminate_backend(pid) from pg_stat_activity where usename = 'vezne_app'",
  );
  const ended = (rows as { pid: number }[]).map(({ pid }) => pid).join();
  const left = `select from pg_stat_activity where pid = any ('{${ended}}')`;
  while ((await asOwner(ownerUrl, left)).rowCount !== 0);
}

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
  const { wrapBank, ...answers } = bankAnswers();
  const world = await createWorld({ database, wrapBank });
  const close = async () => {
    answers.release();
    await world.close();
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { world, start, stop, answers, endSessions: () => endSessions(database.ownerUrl), close };
}
