import { timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { listMessages } from "../messaging/index.ts";
import { type Message, messagePurposes } from "../messaging/message.rules.ts";
import type { BankDoor } from "./bank-clock.ts";
import type { Deps } from "./deps.ts";
import { SandboxRefused, sandboxes } from "./plan-move.ts";
import { clockRoutes } from "./sandbox-clock.ts";

/** Messages that are shown at once. */
const OUTBOX_MAX = 500;
const OutboxQuery = z.object({
  company: z.string().optional(),
  purpose: z.enum(messagePurposes).optional(),
  limit: z.coerce.number().int().min(1).max(OUTBOX_MAX).default(50),
});

function isToken(request: FastifyRequest, token: string): boolean {
  const given = Buffer.from(request.headers.authorization?.replace(/^Bearer /i, "") ?? "");
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

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
    const merchants = await sandboxes(deps.db, company);
    const lists = merchants.map(async ({ id, company: code }) => {
      const messages = await listMessages(deps.db.kysely, id, { limit, purpose });
      return messages.map((message) => shown(code, message));
    });
    const all = (await Promise.all(lists)).flat();
    return all.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))).slice(-limit);
  });
}

/** Routes that only a sandbox has: its movable clock and what it wrote to payers. */
export async function sandbox(
  app: FastifyInstance,
  deps: Deps,
  box: Readonly<{ token: string; bank?: BankDoor }>,
): Promise<void> {
  app.addHook("onRequest", async (request, reply) => {
    if (!isToken(request, box.token)) {
      return reply.status(401).send({ error: "This route needs the token of the data folder" });
    }
  });
  app.setErrorHandler((error, _request, reply) => {
    if (!(error instanceof SandboxRefused)) return reply.send(error);
    return reply.status(error.status).send({ error: error.message });
  });
  outbox(app, deps);
  clockRoutes(app, deps, box.bank);
}
