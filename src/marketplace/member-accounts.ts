import type { Db } from "../db/pool.ts";
import { inTx, type Reader, type Tx } from "../db/transaction.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { type AccountAsk, checkAccount, isSameAccount } from "./account.rules.ts";
import type { MarketplaceDeps } from "./deps.ts";
import type { MemberAccount } from "./member.rules.ts";
import {
  accountOf,
  accountsOf,
  closeAccount,
  insertAccounts,
  readAccount,
  updateAccount,
} from "./member-accounts.store.ts";
import { isMemberDue, readMembers } from "./members.store.ts";

type Deps = Pick<MarketplaceDeps, "db" | "clock" | "next">;

/**
 * Whether there is such a member. One who is gone keeps its accounts while anything is due: it
 * has to go somewhere. With `isLocked` nobody else changes them, or deletes the member, meanwhile.
 */
async function hasAccounts(
  db: Reader,
  merchant: Merchant,
  number: bigint,
  { isLocked = false } = {},
): Promise<boolean> {
  const [member] = await readMembers(db, merchant.id, [number], { isLocked });
  return member !== undefined && (member.deletedAt === null || (await isMemberDue(db, member)));
}

const lockMember = (tx: Tx, merchant: Merchant, number: bigint): Promise<boolean> =>
  hasAccounts(tx, merchant, number, { isLocked: true });

/**
 * Gives a member an account. Refuses, in this order, as `checkAccount`, then `member_not_found`
 * and `account_exists` for a second one of a currency.
 */
export async function addAccount(
  { db, clock, next }: Deps,
  merchant: Merchant,
  { member, account }: Readonly<{ member: bigint; account: AccountAsk }>,
): Promise<void> {
  const checked = checkAccount(account);
  const added: MemberAccount = { ...checked, member, number: await next.account(merchant.id) };
  const now = timeOf(merchant, clock());
  await inTx(db, async (tx) => {
    if (!(await lockMember(tx, merchant, member))) refuseMarket("member_not_found");
    if (await accountOf(tx, merchant.id, member, checked.currency)) refuseMarket("account_exists");
    await insertAccounts(tx, merchant.id, [added], now);
  });
}

/** The account, which nobody else changes until the transaction ends. */
async function lockAccount(tx: Tx, merchant: Merchant, number: bigint): Promise<MemberAccount> {
  const account = await readAccount(tx, merchant.id, number, { isLocked: true });
  if (!account || !(await lockMember(tx, merchant, account.member)))
    return refuseMarket("account_not_found");
  return account;
}

/**
 * Changes an account. Transfers that are under way go to where they were sent. Refuses, in this
 * order, as `checkAccount`, then `account_not_found`, `account_unchanged` and `account_exists`.
 */
export async function changeAccount(
  { db }: Deps,
  merchant: Merchant,
  { number, account }: Readonly<{ number: bigint; account: AccountAsk }>,
): Promise<void> {
  const checked = checkAccount(account);
  await inTx(db, async (tx) => {
    const before = await lockAccount(tx, merchant, number);
    if (isSameAccount(before, checked)) refuseMarket("account_unchanged");
    const other = await accountOf(tx, merchant.id, before.member, checked.currency);
    if (other && other.number !== number) refuseMarket("account_exists");
    await updateAccount(tx, merchant.id, number, checked);
  });
}

/** Refuses `account_not_found`. What is due in its currency waits for another account. */
export async function removeAccount(
  { db, clock }: Deps,
  merchant: Merchant,
  number: bigint,
): Promise<void> {
  const now = timeOf(merchant, clock());
  await inTx(db, async (tx) => {
    await lockAccount(tx, merchant, number);
    await closeAccount(tx, merchant.id, number, now);
  });
}

/** The accounts of a member in the order in which they were given. Refuses `member_not_found`. */
export async function listAccounts(
  { db }: Readonly<{ db: Db }>,
  merchant: Merchant,
  member: bigint,
): Promise<MemberAccount[]> {
  if (!(await hasAccounts(db.kysely, merchant, member))) refuseMarket("member_not_found");
  return accountsOf(db.kysely, merchant.id, [member]);
}
