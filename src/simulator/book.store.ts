import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { OrderFacts, TxnType } from "./book.rules.ts";
import { accountSchema, BOOK_VERSION, bookSchema, toAccountSchema } from "./book.schema.ts";
import type { Authentication, CodeKind } from "./threeds.rules.ts";
import type { TxnView } from "./view.rules.ts";

/** The book cannot be used; the message is one sentence for the person who starts the bank. */
export class BookError extends Error {}

export type MerchantRow = Readonly<{
  id: number;
  prefix: string;
  eftCode: string;
  bankName: string;
  dialect: string;
  merchantNo: string;
  user: string;
  password: string;
  storeKey: string;
}>;
export type CardRow = Readonly<{
  id: number;
  bin8: string;
  last4: string;
  brand: string;
  program: string;
  issuerEft: string;
  kind: string;
  limitKurus: number;
  usedKurus: number;
  behaviour: string;
  authentication: Authentication;
  codeKind: CodeKind;
}>;
export type OrderRow = OrderFacts &
  Readonly<{
    id: number;
    instalments: number;
    hiddenUntilMs: number;
    staleUntilMs: number;
    staleBeforeTxn: number;
  }>;
export type TxnRow = TxnView &
  Readonly<{ cardId: number | null; batchId: number | null; instalments: number }>;
export type BatchRow = Readonly<{ id: number; no: number }>;

/** Books of these versions are brought up to now when they are opened, by what they lack. */
const laterSchemas: Readonly<Record<string, string>> = { 2: accountSchema, 3: toAccountSchema };

/**
 * Opens the book, or makes it. One process at a time holds it. Every commit is on the disk when it
 * returns. Throws `BookError`.
 */
export function openBook(file: string): DatabaseSync {
  const isNew = file === ":memory:" || !existsSync(file);
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: 1_000 });
    db.exec("pragma locking_mode = exclusive; pragma journal_mode = wal");
    db.exec("pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -65536");
    const version = db.prepare("pragma user_version").get()?.user_version;
    if (isNew || version === 0) {
      db.exec(`begin; ${bookSchema}; pragma user_version = ${BOOK_VERSION}; commit`);
    } else if (version !== BOOK_VERSION) {
      const lacking = laterSchemas[String(version)];
      if (lacking) {
        db.exec(`begin; ${lacking}; pragma user_version = ${BOOK_VERSION}; commit`);
        return db;
      }
      const told = `it was written by another version (${version}, not ${BOOK_VERSION})`;
      throw new BookError(`${told}; without it a new one is made`);
    }
    return db;
  } catch (error) {
    db?.close();
    const why = error instanceof Error ? error.message : String(error);
    const told = /locked/.test(why) ? "another process has it open" : why;
    throw new BookError(`The bank's book ${file} cannot be opened: ${told}.`);
  }
}

const orderColumns = `id, currency, instalments, state, sale_kurus as saleKurus,
  captured_kurus as capturedKurus, refunded_kurus as refundedKurus,
  hidden_until_v as hiddenUntilMs, stale_until_v as staleUntilMs,
  stale_before_txn as staleBeforeTxn`;

function orderQueries(db: DatabaseSync) {
  const find = db.prepare(
    `select ${orderColumns} from orders where merchant_id = ? and order_no = ?`,
  );
  const insert = db.prepare(`insert into orders (merchant_id, order_no, currency, instalments,
    state, sale_kurus, captured_kurus, refunded_kurus, created_v)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = db.prepare(`update orders set currency = ?, instalments = ?, state = ?,
    sale_kurus = ?, captured_kurus = ?, refunded_kurus = ? where id = ?`);
  const hide = db.prepare("update orders set hidden_until_v = ? where id = ?");
  const stale = db.prepare(
    "update orders set stale_until_v = ?, stale_before_txn = ? where id = ?",
  );
  return {
    findOrder: (merchantId: number, orderNo: string) =>
      find.get(merchantId, orderNo) as OrderRow | undefined,
    addOrder: (
      merchantId: number,
      orderNo: string,
      next: OrderFacts,
      instalments: number,
      atMs: number,
    ): number => {
      const { currency, state, saleKurus, capturedKurus, refundedKurus } = next;
      const amounts = [saleKurus, capturedKurus, refundedKurus] as const;
      const key = [merchantId, orderNo, currency, instalments, state] as const;
      return Number(insert.run(...key, ...amounts, atMs).lastInsertRowid);
    },
    setOrder: (id: number, next: OrderFacts, instalments: number): void => {
      const { currency, state, saleKurus, capturedKurus, refundedKurus } = next;
      update.run(currency, instalments, state, saleKurus, capturedKurus, refundedKurus, id);
    },
    hideOrder: (id: number, untilMs: number): void => void hide.run(untilMs, id),
    staleOrder: (id: number, untilMs: number, beforeTxn: number): void =>
      void stale.run(untilMs, beforeTxn, id),
  };
}

type NewTxn = Readonly<{
  id: number;
  orderId: number;
  merchantId: number;
  type: TxnType;
  refTxnId: number | null;
  amountKurus: number;
  currency: string;
  instalments: number;
  isApproved: boolean;
  code: string;
  authCode: string;
  rrn: string;
  bankTxnId: string;
  batchId: number | null;
  cardId: number | null;
  panMasked: string;
  clientIp: string;
  sessionId: number | null;
  atMs: number;
  realMs: number;
}>;

function txnQueries(db: DatabaseSync) {
  const insert = db.prepare(`insert into txn (id, order_id, merchant_id, type, ref_txn_id,
    amount_kurus, currency, instalments, result, code, auth_code, rrn, bank_txn_id, batch_id,
    card_id, pan_masked, client_ip, session_id, created_v, created_real)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const ofOrder = db.prepare(`select t.id, t.type, t.ref_txn_id as refTxnId,
    t.amount_kurus as amountKurus, t.instalments, t.result = 'approved' as isApproved, t.code,
    t.auth_code as authCode, t.rrn, t.bank_txn_id as bankTxnId, t.batch_id as batchId,
    t.card_id as cardId, t.pan_masked as panMasked, t.voided_by as voidedBy,
    t.created_v as atMs, v.created_v as voidedAtMs, coalesce(b.no, 0) as batchNo,
    coalesce(b.state = 'closed', 0) as isSettled
    from txn t left join batch b on b.id = t.batch_id left join txn v on v.id = t.voided_by
    where t.order_id = ? order by t.id`);
  const last = db.prepare("select coalesce(max(id), 0) as id from txn");
  const setVoided = db.prepare("update txn set voided_by = ? where id = ?");
  const orderOf = db.prepare(`select o.order_no as orderNo from txn t
    join orders o on o.id = t.order_id where t.merchant_id = ? and t.bank_txn_id = ?`);
  return {
    addTxn: (t: NewTxn): void => {
      const what = [t.id, t.orderId, t.merchantId, t.type, t.refTxnId, t.amountKurus] as const;
      const how = [t.currency, t.instalments, t.isApproved ? "approved" : "declined"] as const;
      const names = [t.code, t.authCode, t.rrn, t.bankTxnId, t.batchId, t.cardId] as const;
      const from = [t.panMasked, t.clientIp, t.sessionId] as const;
      insert.run(...what, ...how, ...names, ...from, t.atMs, t.realMs);
    },
    txnsOf: (orderId: number): TxnRow[] =>
      (ofOrder.all(orderId) as unknown[]).map((row) => {
        const found = row as TxnRow;
        return {
          ...found,
          isApproved: Boolean(found.isApproved),
          isSettled: Boolean(found.isSettled),
        };
      }),
    nextTxnId: (): number => (last.get() as { id: number }).id + 1,
    setVoided: (id: number, by: number): void => void setVoided.run(by, id),
    orderNoOf: (merchantId: number, bankTxnId: string) =>
      (orderOf.get(merchantId, bankTxnId) as { orderNo: string } | undefined)?.orderNo,
  };
}

function cardQueries(db: DatabaseSync) {
  const columns = `id, bin8, last4, brand, program, issuer_eft as issuerEft, kind,
    limit_kurus as limitKurus, used_kurus as usedKurus, behaviour, authentication,
    code_kind as codeKind`;
  const bySha = db.prepare(`select ${columns} from card where pan_sha = ?`);
  const byId = db.prepare(`select ${columns} from card where id = ?`);
  const use = db.prepare("update card set used_kurus = used_kurus + ? where id = ?");
  return {
    findCard: (panSha: Buffer) => bySha.get(panSha) as CardRow | undefined,
    readCard: (id: number) => byId.get(id) as CardRow | undefined,
    useCard: (id: number, deltaKurus: number): void => void use.run(deltaKurus, id),
  };
}

function batchQueries(db: DatabaseSync) {
  const open = db.prepare("select id, no from batch where merchant_id = ? and state = 'open'");
  const insert = db.prepare(`insert into batch (merchant_id, no, opened_v, state)
    select ?, coalesce(max(no), 0) + 1, ?, 'open' from batch where merchant_id = ?
    returning id, no`);
  const add = db.prepare(`update batch set sale_count = sale_count + ?,
    sale_kurus = sale_kurus + ?, refund_count = refund_count + ?,
    refund_kurus = refund_kurus + ? where id = ?`);
  const due = db.prepare(
    "select id, opened_v as openedMs from batch where state = 'open' and opened_v < ?",
  );
  const ofMerchants = db.prepare(`select id from batch where state = 'open'
    and (? = '' or merchant_id in (select id from merchant where merchant_no = ?))`);
  const close = db.prepare("update batch set state = 'closed', closed_v = ? where id = ?");
  return {
    openBatch: (merchantId: number, atMs: number): BatchRow =>
      (open.get(merchantId) ?? insert.get(merchantId, atMs, merchantId)) as BatchRow,
    addToBatch: (
      id: number,
      share: { saleCount: number; saleKurus: number; refundCount: number; refundKurus: number },
      sign: 1 | -1,
    ): void => {
      const sales = [sign * share.saleCount, sign * share.saleKurus] as const;
      add.run(...sales, sign * share.refundCount, sign * share.refundKurus, id);
    },
    openBatchesBefore: (atMs: number) => due.all(atMs) as { id: number; openedMs: number }[],
    openBatchesOf: (merchantNo: string) =>
      ofMerchants.all(merchantNo, merchantNo) as { id: number }[],
    closeBatch: (id: number, atMs: number): void => void close.run(atMs, id),
  };
}

/** The statements of the hot path, prepared once; they run inside the group's transaction. */
export const bookStore = (db: DatabaseSync) => ({
  ...orderQueries(db),
  ...txnQueries(db),
  ...cardQueries(db),
  ...batchQueries(db),
});
