import { inTx } from "../db/transaction.ts";
import { refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { type AccountAsk, checkAccounts } from "./account.rules.ts";
import type { MembersDeps } from "./deps.ts";
import {
  checkMember,
  checkTerms,
  type Member,
  type MemberAccount,
  type MemberAsk,
  type TermsAsk,
  type ValueDate,
} from "./member.rules.ts";
import { insertAccounts } from "./member-accounts.store.ts";
import { hasIdentity, insertMember, lockIdentity } from "./members.store.ts";
import { insertValueDate } from "./value-dates.store.ts";
import type { WholeMember } from "./whole-members.ts";

export type CreateAsk = Readonly<{
  facts: MemberAsk;
  accounts: readonly AccountAsk[];
  terms: TermsAsk | undefined;
  /** Whether another member may have the same tax or identity number. */
  mayShareIdentity: boolean;
}>;

type Deps = Pick<MembersDeps, "db" | "clock" | "next">;

const exists = () => refuseMarket("member_exists");

/**
 * Stores a member with its accounts and its terms, all or nothing. Refuses, in this order, as
 * `checkMember`, `checkAccounts` and `checkTerms`, then `member_exists`: its external id always,
 * its tax or identity number where it may not share them.
 */
export async function createMember(
  { db, clock, next }: Deps,
  merchant: Merchant,
  ask: CreateAsk,
): Promise<WholeMember> {
  const facts = checkMember(ask.facts);
  const asked = checkAccounts(ask.accounts);
  const terms = ask.terms && checkTerms(ask.terms);
  const now = timeOf(merchant, clock());
  const number = await next.member(merchant.id);
  const born = { createdAt: now, updatedAt: null, deletedAt: null };
  const member: Member = { ...facts, merchantId: merchant.id, number, ...born };
  const accounts: MemberAccount[] = [];
  for (const each of asked) {
    accounts.push({ ...each, member: number, number: await next.account(merchant.id) });
  }
  const valueDate: ValueDate | undefined = terms && {
    ...terms,
    number: await next.value_date(merchant.id),
  };
  await inTx(db, async (tx) => {
    await lockIdentity(tx, merchant.id, facts);
    if (!ask.mayShareIdentity && (await hasIdentity(tx, merchant.id, facts))) exists();
    if (!(await insertMember(tx, member))) exists();
    await insertAccounts(tx, merchant.id, accounts, now);
    if (valueDate) await insertValueDate(tx, merchant.id, number, valueDate, now);
  });
  return { member, accounts, valueDate };
}
