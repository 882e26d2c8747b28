/** A program that tests start and kill: it runs the built-in database on the folder it is given. */
import { startEmbedded } from "../../src/db/embedded.ts";

const [folder = "", port = "0"] = process.argv.slice(2);
const tell = (what: Record<string, unknown>) => console.log(JSON.stringify(what));

try {
  const server = await startEmbedded({
    folder,
    port: Number(port),
    settings: { shared_buffers: "32MB" },
    log: (line) => tell({ log: line }),
  });
  process.once("SIGTERM", () => server.stop().then(() => process.exit(0)));
  setInterval(() => {}, 60_000);
  tell({ port: server.port, url: server.ownerUrl("postgres") });
} catch (error) {
  tell({ problem: (error as Error).message, kind: (error as Error).constructor.name });
  process.exitCode = 1;
}
