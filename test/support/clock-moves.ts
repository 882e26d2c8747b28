import type { FindAcquirer } from "../../src/acquirers/index.ts";
import { createRegistry } from "../../src/acquirers/registry.ts";
import { createTransport } from "../../src/acquirers/transport.ts";
import { LINES, type MoveLine } from "../../src/main/clock-lines.rules.ts";
import { type Deps, wire } from "../../src/main/deps.ts";
import { logInto } from "../../src/main/log.ts";
import { createMetrics } from "../../src/main/metrics.ts";
import { buildServer } from "../../src/main/server.ts";
import { createProviders } from "../../src/payouts/providers/registry.ts";
import { SANDBOX_TOKEN, type TestWorld } from "./world.ts";

export type MoveAsk = Readonly<{ by: string; company?: string }>;
type Moved = Readonly<Record<string, unknown>>;

/** Lines of JSON as they come; what is told when a whole one is there. */
async function readLines(reply: Response, onLine: (line: MoveLine) => void): Promise<void> {
  let rest = "";
  for await (const part of reply.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    for (const line of lines) onLine(JSON.parse(line) as MoveLine);
  }
  if (rest) throw new Error(`The answer ends in the middle of a line: ${rest}`);
}

/** What tests do with the movable clock of the API that listens at `url`. */
export function clockAt(url: string) {
  const send = (body: unknown, headers: Record<string, string>, signal?: AbortSignal) =>
    fetch(`${url}/_sandbox/clock/advance`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${SANDBOX_TOKEN}`,
        "content-type": "application/json",
        ...headers,
      },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  /** One answer at the end. */
  const advance = async (ask: MoveAsk | object) => {
    const reply = await send(ask, {});
    return { status: reply.status, body: (await reply.json()) as Moved };
  };
  /** The same by lines: those that came, in their order, each told as it comes. */
  const follow = async (
    ask: MoveAsk,
    { onLine = () => {}, signal }: { onLine?: (line: MoveLine) => void; signal?: AbortSignal } = {},
  ): Promise<MoveLine[]> => {
    const reply = await send(ask, { accept: LINES }, signal);
    if (reply.headers.get("content-type") !== LINES) throw new Error(await reply.text());
    const lines: MoveLine[] = [];
    await readLines(reply, (line) => {
      lines.push(line);
      onLine(line);
    });
    return lines;
  };
  return { advance, follow, send };
}

/**
 * Another API process on a world's database, its clock and its bank, with a memory of its own.
 * Closing it is stopping it.
 */
export async function anotherApi(world: TestWorld, wrap: (find: FindAcquirer) => FindAcquirer) {
  const transport = createTransport();
  const log = logInto({ write: (line) => void world.lines.push(line) }, "info", "other");
  const { db, clock, bank } = world;
  const deps: Deps = wire({
    ...{ db, clock, log, ring: world.deps.ring, publicUrl: () => world.url },
    findAcquirer: wrap(createRegistry(transport)),
    findProvider: createProviders(transport),
  });
  const sandbox = { token: SANDBOX_TOKEN, bank: { url: bank.url, token: bank.token } };
  const metrics = createMetrics();
  const server = await buildServer({ deps, log, metrics, sandbox });
  const url = await server.app.listen({ host: "127.0.0.1", port: 0 });
  const close = async () => {
    await server.drain();
    await transport.close();
  };
  return { deps, ...clockAt(url), close };
}

/** Milliseconds that the bank's clock, and a merchant's, are ahead of the world's. */
export async function aheadIn({ bank, clock, db }: TestWorld, companyCode = "10001") {
  const { now } = (await bank.admin("GET", "/clock")) as { now: string };
  const { clock_offset_ms: offset } = await db.kysely
    .selectFrom("merchants")
    .select("clock_offset_ms")
    .where("company_code", "=", companyCode)
    .executeTakeFirstOrThrow();
  return { bank: Date.parse(now) - clock().getTime(), merchant: Number(offset) };
}

/** The bank's id of a charge whose answer is lost, and which the bank never saw. */
export async function lostChargeIn(world: TestWorld): Promise<string> {
  await world.bank.fault("reset_before_commit", { op: "sale" });
  const { body } = await world.pay();
  if (body["code"] !== 10) throw new Error(`This charge is not in doubt: ${JSON.stringify(body)}`);
  return String(body["order_id"]);
}

/** The row of the attempt that charges an order. */
export const attemptIn = ({ db }: TestWorld, orderId: string) =>
  db.kysely
    .selectFrom("payment_attempts")
    .selectAll()
    .where("id", "=", `att_${orderId}`)
    .executeTakeFirstOrThrow();
