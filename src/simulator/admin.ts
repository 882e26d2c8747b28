import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { endPending } from "./accounts.ts";
import {
  BalanceBody,
  CardBody,
  ClockBody,
  EodBody,
  FaultBody,
  IdQuery,
  PageQuery,
  ResetBody,
} from "./admin.wire.ts";
import { bookViews } from "./book.view.store.ts";
import { frozen, movedTo, running, virtualMs } from "./clock.rules.ts";
import type { Desk } from "./desk.ts";
import { clearBook, seedBook } from "./setting.store.ts";
import { expireDue } from "./threeds.ts";

/** A refusal of this API: its HTTP status and one sentence. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}

type Visit = Readonly<{ desk: Desk; query: Record<string, string>; body: unknown }>;
type Handler = (visit: Visit) => unknown;

const iso = (atMs: number): string => new Date(atMs).toISOString();

function inTx<T>(desk: Desk, work: () => T): T {
  desk.db.exec("begin immediate");
  try {
    desk.closeDays();
    const result = work();
    desk.db.exec("commit");
    return result;
  } catch (error) {
    desk.db.exec("rollback");
    desk.refresh();
    throw error;
  }
}

function clockNow({ desk }: Visit) {
  const state = desk.clockState();
  return { now: iso(desk.nowMs()), isFrozen: state.frozenAtMs !== null, rate: state.rate };
}

function advanceMs(fromMs: number, duration: string): number {
  try {
    const length = Temporal.Duration.from(duration);
    const from = Temporal.Instant.fromEpochMilliseconds(fromMs).toZonedDateTimeISO("+03:00");
    return from.add(length).epochMilliseconds;
  } catch {
    throw new Refused(400, `"${duration}" is not a duration such as PT2H, P1D or P1M.`);
  }
}

function nextClock(desk: Desk, body: ClockBody) {
  const [state, realMs] = [desk.clockState(), desk.realMs()];
  const nowMs = virtualMs(state, realMs);
  if ("advance" in body) return movedTo(state, realMs, advanceMs(nowMs, body.advance));
  if ("rate" in body) return running(state, realMs, body.rate);
  if ("unfreeze" in body) return running(state, realMs, state.rate);
  const atMs = body.freeze === true ? nowMs : new Date(body.freeze).getTime();
  return frozen(state, realMs, atMs);
}

/** Moves the clock unless its mover did so before and did not hear of it; says how far it went. */
function moveOnce(desk: Desk, body: ClockBody): number {
  const { settings } = desk;
  const name = "step" in body ? body.step : undefined;
  const last = name === undefined ? undefined : settings.lastStep();
  if (last && last.name === name) return last.movedMs;
  const fromMs = desk.nowMs();
  const next = nextClock(desk, body);
  if (!next) throw new Refused(409, "The clock only moves forward.");
  settings.setClock(next);
  desk.refresh();
  const movedMs = "advance" in body ? advanceMs(fromMs, body.advance) - fromMs : 0;
  if (name !== undefined) settings.setStep({ name, movedMs });
  expireDue(desk);
  endPending(desk);
  desk.closeDays();
  return movedMs;
}

/**
 * Moves the clock, forward only; the days that pass are closed when this returns, and what the bank
 * put off until then is under way.
 */
function moveClock(visit: Visit) {
  const { desk } = visit;
  const body = ClockBody.parse(visit.body);
  const movedMs = inTx(desk, () => moveOnce(desk, body));
  desk.waits.clockMoved();
  return { ...clockNow(visit), ...("step" in body && { movedMs }) };
}

function endOfDay({ desk, body }: Visit) {
  const { merchantNo } = EodBody.parse(body ?? {});
  return inTx(desk, () => {
    const open = desk.book.openBatchesOf(merchantNo);
    for (const { id } of open) desk.book.closeBatch(id, desk.nowMs());
    const views = bookViews(desk.db);
    return { closed: open.map(({ id }) => views.batch(id)) };
  });
}

function listPage(kind: "orders" | "txns" | "requests" | "sessions"): Handler {
  return ({ desk, query }) => {
    const { merchantNo, orderNo, after, limit, txns, newest } = PageQuery.parse(query);
    const views = bookViews(desk.db);
    const filter = { merchantNo, orderNo, afterId: after, limit };
    const isNewest = kind === "orders" && newest === "1";
    const found = isNewest ? views.newestOrders(filter) : views[kind](filter);
    const isFull = kind === "orders" && txns === "1";
    const rows = isFull
      ? found.map((row) => ({ ...row, txns: views.liveTxnsOf(row.id as number) }))
      : found;
    const next = rows.length === limit ? ((found.at(-1)?.id as number) ?? null) : null;
    return { [kind]: rows, next };
  };
}

function listTransfers({ desk, query }: Visit) {
  const { merchantNo, orderNo, after, limit, newest } = PageQuery.parse(query);
  inTx(desk, () => endPending(desk));
  if (newest === "1") {
    return { transfers: desk.accounts.newestTransfers({ merchantNo, orderNo, limit }), next: null };
  }
  const transfers = desk.accounts.transfers({ merchantNo, orderNo, afterId: after, limit });
  const next = transfers.length === limit ? ((transfers.at(-1)?.id as number) ?? null) : null;
  return { transfers, next };
}

function setBalance({ desk, body }: Visit) {
  const { accountNo, currency, balanceKurus } = BalanceBody.parse(body);
  inTx(desk, () => desk.accounts.setBalance(accountNo, currency, balanceKurus));
  return { accounts: desk.accounts.balances() };
}

function addFault({ desk, body }: Visit) {
  const { match, action, params, times } = FaultBody.parse(body);
  const id = inTx(desk, () =>
    desk.faults.addFault({ match, action, params, timesLeft: times }, desk.nowMs()),
  );
  desk.forgetRules();
  return { id };
}

function removeFaults({ desk, query }: Visit) {
  const { id } = IdQuery.parse(query);
  const removed = inTx(desk, () => desk.faults.removeFaults(id ?? null));
  desk.forgetRules();
  if (id !== undefined && removed === 0) throw new Refused(404, `There is no fault rule ${id}.`);
  return { removed };
}

function putCard({ desk, body }: Visit) {
  const card = CardBody.parse(body);
  return { id: inTx(desk, () => desk.settings.putCard(card, desk.seed())) };
}

function reset({ desk, body }: Visit) {
  const seed = ResetBody.parse(body ?? {}).seed ?? desk.seed();
  clearBook(desk.db);
  seedBook(desk.db, desk.settings, seed);
  desk.running.clear();
  desk.refresh();
  return { seed };
}

const handlers: Readonly<Record<string, Handler>> = {
  "GET /orders": listPage("orders"),
  "GET /txns": listPage("txns"),
  "GET /requests": listPage("requests"),
  "GET /sessions": listPage("sessions"),
  "GET /transfers": listTransfers,
  "GET /accounts": ({ desk }) => ({ accounts: desk.accounts.balances() }),
  "POST /accounts": setBalance,
  "GET /faults": ({ desk }) => ({ faults: desk.rules() }),
  "POST /faults": addFault,
  "DELETE /faults": removeFaults,
  "GET /clock": clockNow,
  "POST /clock": moveClock,
  "POST /eod": endOfDay,
  "POST /check": ({ desk }) => bookViews(desk.db).check(),
  "POST /reset": reset,
  "GET /cards": ({ desk }) => ({ cards: bookViews(desk.db).cards() }),
  "POST /cards": putCard,
  "GET /merchants": ({ desk }) => ({
    merchants: desk.settings
      .merchants()
      .map(({ password: _, user: __, storeKey: ___, ...shown }) => shown),
  }),
};

const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

function isAllowed(request: IncomingMessage, adminToken: string): boolean {
  const given = Buffer.from(String(request.headers["x-sim-token"] ?? ""));
  const wanted = Buffer.from(adminToken);
  return given.length === wanted.length && wanted.length > 0 && timingSafeEqual(given, wanted);
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
  });
  response.end(bytes);
}

function statusAndSentence(error: unknown): [status: number, sentence: string] {
  if (error instanceof Refused) return [error.status, error.message];
  if (error instanceof z.ZodError) {
    const [first] = error.issues;
    return [400, `${first?.path.join(".") || "body"}: ${first?.message ?? "not valid"}`];
  }
  if (error instanceof SyntaxError) return [400, "The body is not JSON."];
  throw error;
}

/**
 * The bank's back door: JSON under `/_sim/`, for this machine only and with the token in
 * `x-sim-token`. `/_sim/health` needs no token and says nothing of the book.
 */
export async function handleAdmin(
  bank: { desk: Desk; adminToken: string },
  request: IncomingMessage,
  response: ServerResponse,
  readBody: (request: IncomingMessage) => Promise<Buffer | undefined>,
): Promise<void> {
  const { desk, adminToken } = bank;
  const url = new URL(request.url ?? "/", "http://bank");
  const path = url.pathname.slice("/_sim".length).toLowerCase();
  if (!LOOPBACK.test(request.socket.remoteAddress ?? "")) {
    return answer(response, 403, { error: "The simulator is steered from its own machine only." });
  }
  if (path === "/health") return answer(response, 200, { ok: true, now: iso(desk.nowMs()) });
  if (!isAllowed(request, adminToken)) {
    return answer(response, 401, { error: "The header x-sim-token is missing or wrong." });
  }
  const handler = handlers[`${request.method} ${path}`];
  if (!handler) return answer(response, 404, { error: `There is no ${request.method} ${path}.` });
  const raw = await readBody(request);
  if (!raw) return answer(response, 413, { error: "The body is larger than one MiB." });
  try {
    const body: unknown = raw.length > 0 ? JSON.parse(raw.toString("utf8")) : undefined;
    const query = Object.fromEntries(url.searchParams);
    answer(response, 200, handler({ desk, query, body }));
  } catch (error) {
    const [status, sentence] = statusAndSentence(error);
    answer(response, status, { error: sentence });
  }
}
