import assert from "node:assert";
import pg from "pg";
import { after } from "../src/lib/clock.ts";
import { newId } from "../src/lib/id.ts";
import { systemClock } from "../src/main/clock.ts";
import type { Deps } from "../src/main/deps.ts";
import type { Merchant } from "../src/merchants/index.ts";
import { settleAll } from "../src/payments/index.ts";
import { OPEN_LEASE_MS } from "../src/payments/plan.rules.ts";
import { applyOutcome } from "../src/payments/settle.rules.ts";
import { FROM_THE_FIRST, leaseDue } from "../src/subscriptions/draws.store.ts";
import { settleDraws } from "../src/subscriptions/index.ts";
import { loadDrawables } from "../src/subscriptions/load.ts";
import { openDraws } from "../src/subscriptions/open-draws.ts";
import { planDraw } from "../src/subscriptions/plan-draw.ts";
import { filledIn, recorded } from "./recorded.ts";

const LEASE_MS = 10 * 60_000;
/** Numbers of this bench's own, far from those that the product gives meanwhile. */
const FIRST_XACT = 50_000_000n;

/** What differs from one renewal to the next, as it stands in the recorded values. */
type Particulars = Readonly<{
  dueFrom: string;
  now: string;
  leasedUntil: string;
  number: string;
  order: string;
  drawnFrom: string;
  reference: string;
  card: string;
  cardId: string;
  payment: string;
  xact: string;
  askAt: string;
}>;

/** One renewal of one due invoice by the product's own functions, and what they sent. */
async function record(deps: Deps, merchant: Merchant) {
  const now = systemClock();
  const { db } = deps;
  const until = after(now, LEASE_MS);
  const from = FROM_THE_FIRST;
  const leasing = await recorded(() => leaseDue(db, merchant.id, { from, now, until }, 1));
  const [invoice] = leasing.result;
  assert(invoice, "an invoice is due");
  const reading = await recorded(() => loadDrawables(deps.subscriptions, merchant, [invoice]));
  const [drawable] = reading.result;
  const card = drawable?.cards[0];
  assert(drawable && card, "its order has a card");
  const { draw } = planDraw(drawable, card, { xact: FIRST_XACT, isManual: false, now });
  const opening = await recorded(() => openDraws(db, [draw]));
  const { payment, attempt } = draw.charge;
  const bankReference = payment.id;
  const outcome = { kind: "approved", bankReference, authorizationCode: "A12345" } as const;
  const settlement = applyOutcome(payment, attempt, outcome, now);
  const settling = await recorded(() => settleAll(db, [settleDraws], [{ settlement, now }]));
  assert(opening.result[0] && settling.result[0], "the sample is drawn");
  const sample: Particulars = {
    dueFrom: from.toISOString(),
    now: now.toISOString(),
    leasedUntil: until.toISOString(),
    number: String(invoice.number),
    order: invoice.subscriptionId,
    drawnFrom: invoice.drawnFrom.toISOString(),
    reference: payment.reference,
    card: String(card.card),
    cardId: card.cardId,
    payment: payment.id.slice(4),
    xact: String(FIRST_XACT),
    askAt: attempt.dueAt!.toISOString(),
  };
  const fill = filledIn(sample);
  return {
    sample,
    leases: leasing.statements.map(fill),
    reads: reading.statements.map(fill),
    writes: [...opening.statements, ...settling.statements].map(fill),
  };
}

type Statements = Awaited<ReturnType<typeof record>>;
/** What was read of an invoice, its order and its card, as the bare driver reads it. */
type Row = Readonly<Record<string, unknown>>;

/** Sends statements in turn and answers all that the rows that they gave say, together. */
async function send(
  client: pg.PoolClient,
  statements: Statements["leases"],
  of: Particulars,
): Promise<Row | undefined> {
  let found: Row | undefined;
  for (const statement of statements) {
    const { rows } = await client.query(statement(of));
    found = rows[0] ? { ...found, ...rows[0] } : found;
  }
  return found;
}

/** Takes one invoice that fell due from `dueFrom` on and draws it. Answers when that one did. */
async function drawOne(
  client: pg.PoolClient,
  { sample, leases, reads, writes }: Statements,
  xact: bigint,
  dueFrom: string,
): Promise<string> {
  const now = systemClock();
  const moment = {
    ...sample,
    dueFrom,
    now: now.toISOString(),
    leasedUntil: after(now, LEASE_MS).toISOString(),
    askAt: after(now, OPEN_LEASE_MS).toISOString(),
    payment: newId("pay", now).slice(4),
    xact: String(xact),
  };
  const leased = await send(client, leases, moment);
  assert(leased, "an invoice is due");
  const taken = {
    ...moment,
    number: String(leased.number),
    order: String(leased.subscription_id),
    drawnFrom: (leased.drawn_from as Date).toISOString(),
  };
  const read = await sendReads(client, reads, taken);
  await send(client, writes, { ...taken, ...read });
  return taken.drawnFrom;
}

/** Its order and its card; the card's number is known before the card is read. */
async function sendReads(client: pg.PoolClient, reads: Statements["reads"], of: Particulars) {
  let read = { reference: "", card: "", cardId: "" };
  for (const statement of reads) {
    const row: Row = (await send(client, [statement], { ...of, ...read })) ?? {};
    const { reference = read.reference, card = read.card, card_id: cardId = read.cardId } = row;
    read = { reference: String(reference), card: String(card), cardId: String(cardId) };
  }
  return read;
}

/**
 * Renewals one by one: the product's own statements, recorded once and then sent by the bare driver
 * for one due invoice after the other, each connection on its own. What the same durability costs
 * when nothing is shared.
 */
export async function renewalsByRow(
  deps: Deps,
  merchant: Merchant,
  url: string,
  connections: number,
) {
  const statements = await record(deps, merchant);
  const pool = new pg.Pool({ connectionString: url, max: connections });
  let xact = FIRST_XACT;
  /** Draws so many, all connections at once. Milliseconds it took. */
  async function draw(most: number): Promise<number> {
    let begun = 0;
    const startedAt = performance.now();
    const connection = async () => {
      const client = await pool.connect();
      let dueFrom = statements.sample.dueFrom;
      try {
        while (begun < most) {
          begun += 1;
          xact += 1n;
          dueFrom = await drawOne(client, statements, xact, dueFrom);
        }
      } finally {
        client.release();
      }
    };
    await Promise.all(Array.from({ length: connections }, connection));
    return performance.now() - startedAt;
  }
  const { leases, reads, writes } = statements;
  const count = leases.length + reads.length + writes.length;
  return { draw, statements: count, close: () => pool.end() };
}
