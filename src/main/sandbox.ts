import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { inTx } from "../db/transaction.ts";
import { runDue } from "../jobs/due.ts";
import type { MerchantId } from "../lib/id.ts";
import { listMerchants, moveClock } from "../merchants/index.ts";
import { listMessages } from "../messaging/index.ts";
import { type Message, messagePurposes } from "../messaging/message.rules.ts";
import type { Deps } from "./deps.ts";

/** Messages that are shown at once. */
const OUTBOX_MAX = 500;
const OutboxQuery = z.object({
  company: z.string().optional(),
  purpose: z.enum(messagePurposes).optional(),
  limit: z.coerce.number().int().min(1).max(OUTBOX_MAX).default(50),
});
const AdvanceBody = z.object({ by: z.string(), company: z.string().optional() });
/** Asking about what fell due can make more fall due; a move ends after so many rounds. */
const ROUNDS_MAX = 1_000;

function isToken(request: FastifyRequest, token: string): boolean {
  const given = Buffer.from(request.headers.authorization?.replace(/^Bearer /i, "") ?? "");
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Calendar words are read in Istanbul from the merchant's own now: a month is not thirty days. */
export function advanceMs(by: string, from: Date): number | undefined {
  const spoken = /^(\d{1,4}) ?(second|minute|hour|day|week|month|year)s?$/i.exec(by.trim());
  try {
    const span = spoken
      ? Temporal.Duration.from({ [`${spoken[2]?.toLowerCase()}s`]: Number(spoken[1]) })
      : Temporal.Duration.from(by);
    const start = Temporal.Instant.fromEpochMilliseconds(from.getTime()).toZonedDateTimeISO(
      "Europe/Istanbul",
    );
    const ms = start.add(span).epochMilliseconds - from.getTime();
    return ms > 0 ? ms : undefined;
  } catch {
    return undefined;
  }
}

async function moveBank(bank: { url: string; token: string }, ms: number): Promise<void> {
  const reply = await fetch(`${bank.url}/_sim/clock`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-sim-token": bank.token },
    body: JSON.stringify({ advance: `PT${Math.floor(ms / 1_000)}S` }),
  });
  if (!reply.ok) throw new Error(`The bank's clock did not move: ${await reply.text()}`);
}

/** Runs what fell due until nothing is left, and says how much that was. */
async function runAllDue(deps: Deps, onError: (error: unknown) => void): Promise<number> {
  let ran = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const asked = await runDue(deps, "asked", onError);
    const givenBack = await runDue(deps, "given_back", onError);
    const drawn = await runDue(deps, "drawn", onError);
    const forgotten = await runDue(deps, "forgotten", onError);
    if (asked + givenBack + drawn + forgotten === 0) return ran;
    ran += asked + givenBack + drawn;
  }
  return ran;
}

/** The sandbox merchants, or the one of them that is named. */
async function sandboxes(deps: Deps, company: string | undefined) {
  const all = (await listMerchants(deps.db)).filter((each) => each.mode === "sandbox");
  return company ? all.filter((each) => each.company_code === company) : all;
}

const noSandbox = (reply: FastifyReply) =>
  reply.status(404).send({ error: "No such sandbox merchant" });

const shown = (company: string, message: Message) => {
  const { id, createdAt, purpose, channel, recipient, subject, body } = message;
  return { company, id, at: createdAt.toISOString(), purpose, channel, recipient, subject, body };
};

/** What payers of sandbox merchants would have received, oldest first. */
function outbox(app: FastifyInstance, deps: Deps): void {
  app.get("/outbox", async (request, reply) => {
    const read = OutboxQuery.safeParse(request.query);
    if (!read.success) {
      const purposes = messagePurposes.join(", ");
      const error = `limit is a whole number from 1 to ${OUTBOX_MAX}, purpose one of ${purposes}`;
      return reply.status(400).send({ error });
    }
    const { company, limit, purpose } = read.data;
    const merchants = await sandboxes(deps, company);
    if (merchants.length === 0) return noSandbox(reply);
    const lists = merchants.map(async ({ id, company_code }) => {
      const page = { limit, purpose };
      const messages = await listMessages(deps.db.kysely, id as MerchantId, page);
      return messages.map((message) => shown(company_code, message));
    });
    const all = (await Promise.all(lists)).flat();
    return all.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))).slice(-limit);
  });
}

/** Routes that only a sandbox has: its movable clock and what it wrote to payers. */
export async function sandbox(
  app: FastifyInstance,
  deps: Deps,
  box: Readonly<{ token: string; bank?: { url: string; token: string } }>,
): Promise<void> {
  app.addHook("onRequest", async (request, reply) => {
    if (!isToken(request, box.token)) {
      return reply.status(401).send({ error: "This route needs the token of the data folder" });
    }
  });
  outbox(app, deps);
  app.get("/clock", async () => {
    const real = deps.clock();
    const merchants = await listMerchants(deps.db);
    return merchants.map((each) => ({
      company: each.company_code,
      name: each.name,
      mode: each.mode,
      now: new Date(real.getTime() + Number(each.clock_offset_ms)).toISOString(),
    }));
  });
  app.post("/clock/advance", async (request, reply) => {
    const read = AdvanceBody.safeParse(request.body);
    if (!read.success) return reply.status(400).send({ error: 'Send {"by": "1month"}' });
    const { by, company } = read.data;
    const moved = await sandboxes(deps, company);
    if (moved.length === 0) return noSandbox(reply);
    const ahead = Math.max(...moved.map((each) => Number(each.clock_offset_ms)));
    const ms = advanceMs(by, new Date(deps.clock().getTime() + ahead));
    if (ms === undefined) {
      const error = `"${by}" is no span forward; say 90seconds, 2days, 1month or PT2H`;
      return reply.status(400).send({ error });
    }
    if (box.bank) await moveBank(box.bank, ms);
    await inTx(deps.db, async (tx) => {
      for (const each of moved) await moveClock(tx, each.id as MerchantId, ms);
    });
    deps.reception.forgetAll();
    const ran = await runAllDue(deps, (error) =>
      request.log.error({ err: error }, "inquiry failed"),
    );
    return { moved: moved.map((each) => each.company_code), ms, asked: ran };
  });
}
