import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { inTx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { listMerchants, moveClock } from "../merchants/index.ts";
import { inquireDue } from "../payments/index.ts";
import type { Deps } from "./deps.ts";

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
async function runDue(deps: Deps, onError: (error: unknown) => void): Promise<number> {
  let ran = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const asked = await inquireDue(deps.payments, onError);
    if (asked === 0) return ran;
    ran += asked;
  }
  return ran;
}

/** Routes that only a sandbox has: its movable clock. */
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
    const all = (await listMerchants(deps.db)).filter((each) => each.mode === "sandbox");
    const moved = company ? all.filter((each) => each.company_code === company) : all;
    if (moved.length === 0) return reply.status(404).send({ error: "No such sandbox merchant" });
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
    const ran = await runDue(deps, (error) => request.log.error({ err: error }, "inquiry failed"));
    return { moved: moved.map((each) => each.company_code), ms, asked: ran };
  });
}
