import { plusDays } from "../src/lib/business-day.ts";
import { DAYS } from "./payout-seed.ts";
import type { Held, PayoutStage } from "./payout-stage.ts";

/** The number under which the bare statements store their payout. */
const BARE = 80_000_000;

export type Span = Readonly<{ from: string; to: string }>;
/** The last part of the seeded year: of one of its two currencies. */
export const lastPart = (today: string, part: number): Span => ({
  from: plusDays(today, -Math.round(DAYS * part)),
  to: plusDays(today, -1),
});

/** As before any order, and nothing left for the next one to clean up. */
export async function reset({ owner, merchant }: PayoutStage): Promise<void> {
  await owner.query("update earnings set payout = null where merchant_id = $1 and payout > 0", [
    merchant,
  ]);
  await owner.query("delete from payouts where merchant_id = $1", [merchant]);
  await owner.query("vacuum (analyze) earnings");
  await owner.query("vacuum (analyze) payouts");
  await owner.query("checkpoint");
}

const insertPayout = `insert into payouts (merchant_id, number, kind, guid, party, connection,
    currency, amount_minor, count, date_from, date_to, description, details, state, runs, failure,
    due_at, created_at)
  values ($1, $2, 'order', gen_random_uuid()::text, 'platform', 1, 'TRY', 1, 0, $3, $4, '', '{}',
    'queued', 0, '', now(), now())`;
const markAll = `with marked as (
    update earnings set payout = $2
    where merchant_id = $1 and party = 'platform' and currency = 'TRY'
      and reflection_date between $3::date and $4::date
      and state = 'open' and not is_held and payout is null
    returning amount_minor
  ), total as (select sum(amount_minor)::bigint as amount, count(*)::integer as count from marked)
  select amount, count from total`;
const saveTotal =
  "update payouts set amount_minor = $3, count = $4 where merchant_id = $1 and number = $2";

/** The least that the same order can cost: the sum, the marks and one commit, by hand. */
export async function bareStart({ app, merchant }: PayoutStage, span: Span) {
  const values = [merchant, BARE, span.from, span.to];
  const from = performance.now();
  await app.query("begin");
  await app.query(insertPayout, values);
  const { rows } = await app.query(markAll, values);
  await app.query(saveTotal, [merchant, BARE, rows[0].amount, rows[0].count]);
  await app.query("commit");
  return { tookMs: performance.now() - from, count: Number(rows[0].count) };
}

export type Started = Readonly<{ tookMs: number; count: number; guid: string; held: Held }>;

/** The order as a client gives it, over HTTP. */
export async function start(stage: PayoutStage, { from, to }: Span): Promise<Started> {
  const body = { CurrencyId: 1, DateFrom: from, DateTo: to };
  const [answer, held] = await stage.watched(() =>
    stage.call("POST", "marketplace/manual/trigger/start", body),
  );
  const { JobId, Count } = answer.body;
  return { tookMs: answer.tookMs, count: Number(Count), guid: String(JobId), held };
}
