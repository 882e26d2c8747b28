import { PassThrough } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { listMerchants } from "../merchants/index.ts";
import type { BankDoor } from "./bank-clock.ts";
import { type Failed, LINES, type Moved, type MoveLine, type Told } from "./clock-lines.rules.ts";
import type { Deps } from "./deps.ts";
import {
  MoveBroken,
  type MoveListener,
  MoveStopped,
  moveAll,
  type Progress,
} from "./move-clocks.ts";
import { planMove, SandboxRefused } from "./plan-move.ts";

const AdvanceBody = z.object({ by: z.string(), company: z.string().optional() });

const toldOf = (progress: Progress): Told => ({ ...progress, now: progress.now.toISOString() });

/** How often somebody who waits is told so: more often than anybody hangs up. */
const WAITING_MS = 10_000;

/** What a caller may know of a move that did not come to its end. */
function lineOf(error: unknown): Failed {
  if (error instanceof MoveBroken) return { error: error.message, ...toldOf(error.progress) };
  const isTold = error instanceof SandboxRefused || error instanceof MoveStopped;
  return { error: isTold ? error.message : "Something went wrong; the log of the API tells more." };
}

/** Ends a move when its caller goes away, or this process goes. */
function signalOf(reply: FastifyReply, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort(new MoveStopped("Its caller has gone away."));
  });
  return AbortSignal.any([gone.signal, stopping]);
}

type Move = (hear: Pick<MoveListener, "onWait" | "onProgress">) => Promise<Moved>;

/** Answers with a line for each thing that happens; what is wrong in the middle is one of them. */
function answerLines(reply: FastifyReply, move: Move): FastifyReply {
  const lines = new PassThrough();
  const say = (line: MoveLine) => {
    if (!lines.destroyed) lines.write(`${JSON.stringify(line)}\n`);
  };
  let toldAt = Number.NEGATIVE_INFINITY;
  const onWait = () => {
    if (performance.now() - toldAt < WAITING_MS) return;
    toldAt = performance.now();
    say({ waiting: true });
  };
  const onProgress = (progress: Progress) => {
    // Who does not read hears less of it; the clocks go on.
    if (!lines.writableNeedDrain) say(toldOf(progress));
  };
  move({ onWait, onProgress })
    .then(say, (error: unknown) => say(lineOf(error)))
    .finally(() => lines.end());
  // Its head is sent long before its end: a drain would wait for a connection that is kept.
  return reply.type(LINES).header("connection", "close").send(lines);
}

async function answerOnce(reply: FastifyReply, move: Move) {
  try {
    return await move({ onWait() {}, onProgress() {} });
  } catch (error) {
    if (error instanceof SandboxRefused) throw error;
    return reply.status(503).send(lineOf(error));
  }
}

const wantsLines = ({ headers }: FastifyRequest): boolean =>
  headers.accept?.toLowerCase().includes(LINES) ?? false;

/** The routes of the movable clock: what time it is for each merchant, and the move. */
export function clockRoutes(app: FastifyInstance, deps: Deps, bank: BankDoor | undefined): void {
  const stopping = new AbortController();
  app.addHook("preClose", async () => stopping.abort(new MoveStopped("Vezne is stopping.")));
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
    // Nobody waits for a turn to hear that no such move can be made.
    await planMove(deps, read.data);
    const signal = signalOf(reply, stopping.signal);
    const onError = (err: unknown) => request.log.error({ err }, "what fell due failed");
    const move: Move = async (hear) => {
      try {
        return await moveAll(deps, bank, read.data, { ...hear, signal, onError });
      } catch (error) {
        request.log.warn({ err: error }, "a move of the clock did not come to its end");
        throw error;
      }
    };
    return wantsLines(request) ? answerLines(reply, move) : answerOnce(reply, move);
  });
}
