import { sql } from "kysely";
import { readBalances } from "../../src/ledger/index.ts";
import type { Answer, TestWorld } from "./world.ts";

export type Books = Readonly<Record<string, bigint>>;

/** What every account stands at, by all entries that a world has; the bank's own id is cut off. */
export async function booksOf(world: TestWorld): Promise<Books> {
  const { rows } = await sql<{ account: string; balance: bigint }>`
    select account, sum(amount)::bigint as balance from (
      select debit_account as account, amount_minor as amount from ledger_entries
      union all select credit_account, -amount_minor from ledger_entries) as sides
    group by account order by account`.execute(world.db.kysely);
  const books: Record<string, bigint> = {};
  for (const { account, balance } of rows) {
    const party = account.replace(/^(bank|agent)\.[^:]+/, "$1");
    books[party] = (books[party] ?? 0n) + balance;
  }
  return books;
}

/** What one step changed in the books, account by account; unchanged accounts are left out. */
export async function movedBy(world: TestWorld, step: () => Promise<unknown>): Promise<Books> {
  const before = await booksOf(world);
  await step();
  const after = await booksOf(world);
  const moved = Object.entries(after).map(
    ([account, balance]) => [account, balance - (before[account] ?? 0n)] as const,
  );
  return Object.fromEntries(moved.filter(([, change]) => change !== 0n));
}

/** The same, as the product reads it: from the last snapshot on. */
export async function balancesOf(world: TestWorld, at: Date) {
  const balances = await readBalances(world.db, world.merchant.merchantId, at);
  return balances.filter(({ balanceMinor }) => balanceMinor !== 0n);
}

export const xactOf = (answer: Answer): string => String(answer.body["xact_id"]);
