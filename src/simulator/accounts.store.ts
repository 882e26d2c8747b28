import type { DatabaseSync } from "node:sqlite";
import type { TransferAsk } from "./accounts.rules.ts";
import { STARTING_KURUS } from "./accounts.rules.ts";

export type TransferState = "pending" | "paid" | "refused";
export type TransferRow = TransferAsk &
  Readonly<{
    id: number;
    accountNo: string;
    state: TransferState;
    /** Why it was refused, or empty. */
    code: string;
    bankReference: string;
    /** What a pending one becomes. */
    endsAs: "" | "paid" | "refused";
    settlesMs: number | null;
    hiddenUntilMs: number;
    createdMs: number;
    settledMs: number | null;
  }>;
type NewTransfer = Omit<TransferRow, "id" | "hiddenUntilMs">;

const columns = `id, account_no as accountNo, reference, currency, amount_kurus as amountKurus,
  title, iban, to_account as toAccount, description, valid_until_v as validUntilMs, state, code,
  bank_reference as bankReference, ends_as as endsAs, settles_v as settlesMs,
  hidden_until_v as hiddenUntilMs, created_v as createdMs, settled_v as settledMs`;

function balanceQueries(db: DatabaseSync) {
  const open = db.prepare(`insert into account_balance values (?, ?, ${STARTING_KURUS},
    ${STARTING_KURUS}) on conflict do nothing`);
  const read = db.prepare(`select balance_kurus as kurus from account_balance
    where account_no = ? and currency = ?`);
  const move = db.prepare(`update account_balance set balance_kurus = balance_kurus + ?
    where account_no = ? and currency = ?`);
  const set = db.prepare(`update account_balance set given_kurus = given_kurus + ? - balance_kurus,
    balance_kurus = ? where account_no = ? and currency = ?`);
  const locked = db.prepare(`select coalesce(sum(amount_kurus), 0) as kurus from transfer
    where account_no = ? and currency = ? and state = 'pending'`);
  const all = db.prepare(`select account_no as accountNo, currency, given_kurus as givenKurus,
    balance_kurus as balanceKurus from account_balance order by account_no, currency`);
  const kurusOf = (row: unknown) => (row as { kurus: number }).kurus;
  return {
    /** What is free of a balance; one that was never asked for begins here. */
    balanceOf: (accountNo: string, currency: string): number => {
      open.run(accountNo, currency);
      return kurusOf(read.get(accountNo, currency));
    },
    moveBalance: (accountNo: string, currency: string, byKurus: number): void =>
      void move.run(byKurus, accountNo, currency),
    setBalance: (accountNo: string, currency: string, kurus: number): void => {
      open.run(accountNo, currency);
      set.run(kurus, kurus, accountNo, currency);
    },
    /** What waits to be paid. */
    lockedOf: (accountNo: string, currency: string): number =>
      kurusOf(locked.get(accountNo, currency)),
    balances: () => all.all(),
  };
}

function transferQueries(db: DatabaseSync) {
  const find = db.prepare(`select ${columns} from transfer where account_no = ? and reference = ?`);
  const insert = db.prepare(`insert into transfer (account_no, reference, currency, amount_kurus,
    title, iban, to_account, description, valid_until_v, state, code, bank_reference, ends_as,
    settles_v, created_v, settled_v) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const last = db.prepare("select coalesce(max(id), 0) as id from transfer");
  const hide = db.prepare(
    "update transfer set hidden_until_v = ? where account_no = ? and reference = ?",
  );
  const due = db.prepare(
    `select ${columns} from transfer where state = 'pending' and settles_v <= ?`,
  );
  const settle = db.prepare(
    "update transfer set state = ?, code = ?, settled_v = ? where id = ? and state = 'pending'",
  );
  const page = db.prepare(`select ${columns} from transfer where id > ? and (? = '' or
    account_no = ?) and (? = '' or reference = ?) order by id limit ?`);
  const newest = db.prepare(`select ${columns} from transfer where (? = '' or account_no = ?)
    and (? = '' or reference = ?) order by id desc limit ?`);
  return {
    findTransfer: (accountNo: string, reference: string) =>
      find.get(accountNo, reference) as TransferRow | undefined,
    addTransfer: (t: NewTransfer): void => {
      const what = [t.accountNo, t.reference, t.currency, t.amountKurus] as const;
      const to = [t.title, t.iban, t.toAccount, t.description, t.validUntilMs] as const;
      const end = [t.state, t.code, t.bankReference, t.endsAs, t.settlesMs] as const;
      insert.run(...what, ...to, ...end, t.createdMs, t.settledMs);
    },
    nextTransferId: (): number => (last.get() as { id: number }).id + 1,
    hideTransfer: (accountNo: string, reference: string, untilMs: number): void =>
      void hide.run(untilMs, accountNo, reference),
    pendingUntil: (atMs: number) => due.all(atMs) as unknown as TransferRow[],
    settleTransfer: (id: number, state: "paid" | "refused", code: string, atMs: number): void =>
      void settle.run(state, code, atMs, id),
    transfers: (filter: {
      merchantNo: string;
      orderNo: string;
      afterId: number;
      limit: number;
    }): Record<string, unknown>[] => {
      const { merchantNo: no, orderNo: reference, afterId, limit } = filter;
      return page.all(afterId, no, no, reference, reference, limit);
    },
    /** The last of them, still in their order. */
    newestTransfers: (filter: { merchantNo: string; orderNo: string; limit: number }) => {
      const { merchantNo: no, orderNo: reference, limit } = filter;
      return newest.all(no, no, reference, reference, limit).reverse();
    },
  };
}

/** The accounts from which merchants pay out, and every transfer that was asked for. */
export const accountStore = (db: DatabaseSync) => ({
  ...balanceQueries(db),
  ...transferQueries(db),
});

/** What must hold of them, as the book's other promises. */
export const accountPromises: Readonly<Record<string, string>> = {
  "an account holds what was put in less what was paid or waits to be": `with moved as (
    select account_no, currency, sum(amount_kurus) as kurus from transfer
    where state <> 'refused' group by account_no, currency)
    select b.account_no || ' ' || b.currency as what from account_balance b
    left join moved m on m.account_no = b.account_no and m.currency = b.currency
    where b.balance_kurus <> b.given_kurus - coalesce(m.kurus, 0)`,
  "no transfer was carried out after its time": `select reference as what from transfer
    where state <> 'refused' and created_v > valid_until_v`,
};
