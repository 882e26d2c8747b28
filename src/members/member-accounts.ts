import { inTx, type Reader, type Tx } from "../db/transaction.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { type AccountAsk, checkAccount, isSameAccount } from "./account.rules.ts";
import type { MembersDeps } from "./deps.ts";
import type { MemberAccount } from "./member.rules.ts";
import {
  accountOf,
  accountsOf,
  closeAccount,
  insertAccounts,
  readAccount,
  updateAccount,
} from "./member-accounts.store.ts";
import { readMembers } from "./members.store.ts";

type Deps = Pick<MembersDeps, "db" | "clock" | "next" | "isDue">;
type At = Readonly<{ db: Reader; isDue: MembersDeps["isDue"] }>;

/**
 * Whether there is such a member. One who is gone keeps its accounts while anything is due: it
 * has to go somewhere. With `isLocked` nobody else changes them, or deletes the member, meanwhile.
 */
async function hasAccounts(
  { db, isDue }: At,
  merchant: Merchant,
  number: bigint,
  { isLocked = false } = {},
): Promise<boolean> {
  const [member] = await readMembers(db, merchant.id, [number], { isLocked });
  return member !== undefined && (member.deletedAt === null || (await isDue(db, member)));
}

const lockMember = (
  { isDue }: Pick<At, "isDue">,
  tx: Tx,
  merchant: Merchant,
  number: bigint,
): Promise<boolean> => hasAccounts({ db: tx, isDue }, merchant, number, { isLocked: true });

/**
 * Gives a member an account. Refuses, in this order, as `checkAccount`, then `member_not_found`
 * and `account_exists` for a second one of a currency.
 */
export async function addAccount(
  deps: Deps,
  merchant: Merchant,
  { member, account }: Readonly<{ member: bigint; account: AccountAsk }>,
): Promise<void> {
  const checked = checkAccount(account);
  const added: MemberAccount = { ...checked, member, number: await deps.next.account(merchant.id) };
  const now = timeOf(merchant, deps.clock());
  await inTx(deps.db, async (tx) => {
    if (!(await lockMember(deps, tx, merchant, member))) refuseMarket("member_not_found");
    if (await accountOf(tx, merchant.id, member, checked.currency)) refuseMarket("account_exists");
    await insertAccounts(tx, merchant.id, [added], now);
  });
}

/** The account, which nobody else changes until the transaction ends. */
async function lockAccount(
  deps: Pick<At, "isDue">,
  tx: Tx,
  merchant: Merchant,
  number: bigint,
): Promise<MemberAccount> {
  const account = await readAccount(tx, merchant.id, number, { isLocked: true });
  if (!account || !(await lockMember(deps, tx, merchant, account.member)))
    return refuseMarket("account_not_found");
  return account;
}

/**
 * Changes an account. Transfers that are under way go to where they were sent. Refuses, in this
 * order, as `checkAccount`, then `account_not_found`, `account_unchanged` and `account_exists`.
 */
export async function changeAccount(
  deps: Deps,
  merchant: Merchant,
  { number, account }: Readonly<{ number: bigint; account: AccountAsk }>,
): Promise<void> {
  const checked = checkAccount(account);
  await inTx(deps.db, async (tx) => {
    const before = await lockAccount(deps, tx, merchant, number);
    if (isSameAccount(before, checked)) refuseMarket("account_unchanged");
    const other = await accountOf(tx, merchant.id, before.member, checked.currency);
    if (other && other.number !== number) refuseMarket("account_exists");
    await updateAccount(tx, merchant.id, number, checked);
  });
}

/** Refuses `account_not_found`. What is due in its currency waits for another account. */
export async function removeAccount(deps: Deps, merchant: Merchant, number: bigint): Promise<void> {
  const now = timeOf(merchant, deps.clock());
  await inTx(deps.db, async (tx) => {
    await lockAccount(deps, tx, merchant, number);
    await closeAccount(tx, merchant.id, number, now);
  });
}

/** The accounts of a member in the order in which they were given. Refuses `member_not_found`. */
export async function listAccounts(
  { db, isDue }: Pick<Deps, "db" | "isDue">,
  merchant: Merchant,
  member: bigint,
): Promise<MemberAccount[]> {
  if (!(await hasAccounts({ db: db.kysely, isDue }, merchant, member)))
    refuseMarket("member_not_found");
  return accountsOf(db.kysely, merchant.id, [member]);
}
