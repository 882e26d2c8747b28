import type { DatabaseSync } from "node:sqlite";
import { accountPromises } from "./accounts.store.ts";

/** A page of any list holds at most this many rows. */
export const PAGE_MAX = 10_000;

type Filter = Readonly<{ merchantNo: string; orderNo: string; afterId: number; limit: number }>;
type Row = Record<string, unknown>;

const orderQuery = `select o.id, m.prefix, m.eft_code as eftCode, m.merchant_no as merchantNo,
  o.order_no as orderNo, o.currency, o.instalments, o.state, o.sale_kurus as saleKurus,
  o.captured_kurus as capturedKurus, o.refunded_kurus as refundedKurus, o.created_v as createdMs
  from orders o join merchant m on m.id = o.merchant_id
  where o.id > ? and (? = '' or m.merchant_no = ?) and (? = '' or o.order_no = ?)
  order by o.id limit ?`;

const newestOrderQuery = orderQuery.replace("order by o.id limit", "order by o.id desc limit");

const txnQuery = `select t.id, m.merchant_no as merchantNo, o.order_no as orderNo, t.type,
  t.result, t.code, t.amount_kurus as amountKurus, t.currency, t.instalments,
  t.auth_code as authCode, t.rrn, t.bank_txn_id as bankTxnId, t.ref_txn_id as refTxnId,
  t.voided_by as voidedBy, b.no as batchNo, b.state as batchState, t.pan_masked as panMasked,
  t.created_v as atMs, t.created_real as realMs
  from txn t join orders o on o.id = t.order_id join merchant m on m.id = t.merchant_id
  left join batch b on b.id = t.batch_id
  where t.id > ? and (? = '' or m.merchant_no = ?) and (? = '' or o.order_no = ?)
  order by t.id limit ?`;

const requestQuery = `select id, at_v as atMs, at_real as realMs, route, op,
  merchant_no as merchantNo, order_no as orderNo, request_masked as request, answer, fault,
  fault_rule_id as faultRuleId, committed, ms from request_log
  where id > ? and (? = '' or merchant_no = ?) and (? = '' or order_no = ?)
  order by id limit ?`;

const sessionQuery = `select s.id, s.sid, '/acs/' || s.sid as page, m.prefix,
  m.merchant_no as merchantNo, s.order_no as orderNo, s.amount_kurus as amountKurus, s.currency,
  s.instalments, s.op, s.model, s.state, s.ending, s.md_status as mdStatus, s.eci, s.tries,
  s.pan_masked as panMasked, s.opened_v as openedMs, s.expires_v as expiresMs,
  s.ended_v as endedMs, t.bank_txn_id as bankTxnId
  from threeds_session s join merchant m on m.id = s.merchant_id
  left join txn t on t.session_id = s.id and t.result = 'approved'
  where s.id > ? and (? = '' or m.merchant_no = ?) and (? = '' or s.order_no = ?)
  order by s.id limit ?`;

const liveQuery = `select t.id, t.type, t.amount_kurus as amountKurus,
  t.bank_txn_id as bankTxnId, t.auth_code as authCode, t.rrn, t.created_v as atMs
  from txn t where t.order_id = ? and t.result = 'approved' and t.voided_by is null
  and t.type <> 'void' and not exists (select 1 from txn c where c.order_id = t.order_id
    and c.ref_txn_id = t.id and c.type = 'capture' and c.result = 'approved'
    and c.voided_by is null)
  order by t.id`;

/** Each query finds what breaks one promise of the book: no row, no breach. */
const promises: Readonly<Record<string, string>> = {
  ...accountPromises,
  "captured is at most what was held": `select order_no as what from orders
    where captured_kurus > sale_kurus`,
  "refunded is at most what was captured": `select order_no as what from orders
    where refunded_kurus > captured_kurus`,
  "an order has at most one charge that stands": `select o.order_no as what
    from txn t join orders o on o.id = t.order_id
    where t.type in ('sale', 'preauth') and t.result = 'approved' and t.voided_by is null
    group by t.order_id having count(*) > 1`,
  "an order's amounts are the sums of its transactions": `select o.order_no as what from orders o
    where o.captured_kurus <> (select coalesce(sum(t.amount_kurus), 0) from txn t
        where t.order_id = o.id and t.type in ('sale', 'capture')
        and t.result = 'approved' and t.voided_by is null)
      or o.refunded_kurus <> (select coalesce(sum(t.amount_kurus), 0) from txn t
        where t.order_id = o.id and t.type = 'refund'
        and t.result = 'approved' and t.voided_by is null)`,
  "a card's used limit is the sum of what stands on it": `with standing as (
    select t.card_id, sum(case when t.type = 'refund' then -t.amount_kurus else t.amount_kurus end)
      as kurus
    from txn t where t.result = 'approved' and t.voided_by is null and t.type <> 'void'
      and not exists (select 1 from txn p where p.order_id = t.order_id and p.ref_txn_id = t.id
        and p.type = 'capture' and p.result = 'approved' and p.voided_by is null)
    group by t.card_id)
    select c.bin8 || '...' || c.last4 as what from card c left join standing s on s.card_id = c.id
    where c.used_kurus <> coalesce(s.kurus, 0)`,
  "an approved transaction is in a batch": `select bank_txn_id as what from txn
    where result = 'approved' and batch_id is null`,
  "an authentication that was used has one charge, and no other has any": `select s.sid as what
    from threeds_session s where (s.state = 'consumed') <> (select count(*) = 1 from txn t
      where t.session_id = s.id and t.result = 'approved')`,
  "a charge after 3-D Secure is what its session was opened for": `select t.bank_txn_id as what
    from txn t join threeds_session s on s.id = t.session_id join orders o on o.id = t.order_id
    where s.merchant_id <> t.merchant_id or s.order_no <> o.order_no
      or s.amount_kurus <> t.amount_kurus or s.currency <> t.currency`,
  "a batch's sums are those of its transactions": `with standing as (
    select batch_id,
      sum(case when type in ('sale', 'capture') then amount_kurus else 0 end) as sale_kurus,
      sum(case when type = 'refund' then amount_kurus else 0 end) as refund_kurus
    from txn where result = 'approved' and voided_by is null group by batch_id)
    select b.id as what from batch b left join standing s on s.batch_id = b.id
    where b.sale_kurus <> coalesce(s.sale_kurus, 0)
      or b.refund_kurus <> coalesce(s.refund_kurus, 0)`,
};

/** What people and tests read of the book. */
export function bookViews(db: DatabaseSync) {
  const [orders, txns, requests, live] = [orderQuery, txnQuery, requestQuery, liveQuery].map(
    (sql) => db.prepare(sql),
  );
  const sessions = db.prepare(sessionQuery);
  const newest = db.prepare(newestOrderQuery);
  const cards = db.prepare(`select id, bin8, last4, brand, program, issuer_eft as issuerEft, kind,
    limit_kurus as limitKurus, used_kurus as usedKurus, behaviour, authentication,
    code_kind as codeKind
    from card order by id`);
  const batches = db.prepare(`select b.id, m.merchant_no as merchantNo, b.no, b.state,
    b.sale_count as saleCount, b.sale_kurus as saleKurus, b.refund_count as refundCount,
    b.refund_kurus as refundKurus, b.closed_v as closedMs
    from batch b join merchant m on m.id = b.merchant_id where b.id = ?`);
  const count = (table: string) =>
    db.prepare(`select count(*) as n from ${table}`).get()?.n as number;
  const page = (query: typeof orders, { merchantNo, orderNo, afterId, limit }: Filter): Row[] =>
    query?.all(afterId, merchantNo, merchantNo, orderNo, orderNo, limit) ?? [];
  return {
    orders: (filter: Filter) => page(orders, filter),
    newestOrders: (filter: Filter) => page(newest, filter).reverse(),
    txns: (filter: Filter) => page(txns, filter),
    requests: (filter: Filter): Row[] =>
      page(requests, filter).map((row) => ({ ...row, committed: row.committed === 1 })),
    sessions: (filter: Filter) => page(sessions, filter),
    liveTxnsOf: (orderId: number): Row[] => live?.all(orderId) ?? [],
    cards: (): Row[] => cards.all(),
    batch: (id: number) => batches.get(id),
    /** What is wrong with the book, at most a hundred findings for each promise. */
    check: () => {
      const broken = Object.entries(promises).flatMap(([promise, sql]) =>
        db
          .prepare(`${sql} limit 100`)
          .all()
          .map((row) => ({ promise, what: String(row.what) })),
      );
      const checked = {
        ...{ orders: count("orders"), txns: count("txn"), batches: count("batch") },
        sessions: count("threeds_session"),
      };
      return { ok: broken.length === 0, broken, checked };
    },
  };
}
