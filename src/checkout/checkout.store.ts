import { sql } from "kysely";
import { inOrder } from "../db/in-order.ts";
import type { Db } from "../db/pool.ts";
import type { Reader, Tx } from "../db/transaction.ts";
import type { MerchantId, SessionId, TokenId } from "../lib/id.ts";
import { sessionOf, sessionRow, tokenOf, tokenRow } from "./rows.ts";
import { type Session, type Token, TRIES_MAX, type Try } from "./session.rules.ts";

type Key = Readonly<{ merchantId: MerchantId; id: string }>;

export async function insertSession(db: Reader, session: Session): Promise<void> {
  await db.insertInto("checkout_sessions").values(sessionRow(session)).execute();
}

export async function readSession(
  db: Db,
  { merchantId, id }: Readonly<{ merchantId: MerchantId; id: SessionId }>,
): Promise<Session | undefined> {
  const row = await db.kysely
    .selectFrom("checkout_sessions")
    .selectAll()
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .executeTakeFirst();
  return row && sessionOf(row);
}

/** A session that nobody else changes, charges or tries a card in until the transaction ends. */
export async function lockSession(
  tx: Tx,
  { merchantId, id }: Readonly<{ merchantId: MerchantId; id: SessionId }>,
): Promise<Session | undefined> {
  const row = await tx
    .selectFrom("checkout_sessions")
    .selectAll()
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .forUpdate()
    .executeTakeFirst();
  return row && sessionOf(row);
}

/** A token by its id, or by the form in which the wires show it. */
export async function readToken(
  db: Reader,
  merchantId: MerchantId,
  by: Readonly<{ id: TokenId } | { guid: string }>,
): Promise<Token | undefined> {
  const [column, value] = "id" in by ? (["id", by.id] as const) : (["guid", by.guid] as const);
  const row = await db
    .selectFrom("checkout_tokens")
    .selectAll()
    .where("merchant_id", "=", merchantId)
    .where(column, "=", value)
    .executeTakeFirst();
  return row && tokenOf(row);
}

/** Adds a try to a locked session that has tries left. Says whether it did. */
export async function insertToken(tx: Tx, token: Token): Promise<boolean> {
  const row = JSON.stringify(tokenRow(token));
  const { numAffectedRows } = await sql`
    insert into checkout_tokens
    select t.* from json_populate_record(null::checkout_tokens, ${row}::json) t
    where (select count(*) from checkout_tokens o
      where o.merchant_id = t.merchant_id and o.session_id = t.session_id) < ${TRIES_MAX}
  `.execute(tx);
  return (numAffectedRows ?? 0n) > 0n;
}

/**
 * Marks that the form to the bank was given out, and from when on what its page charges is given
 * back unless somebody asked for it. Only the first of two callers did it.
 */
export async function markOpened(
  db: Db,
  { merchantId, id }: Key,
  now: Date,
  unclaimedAt: Date | null,
): Promise<boolean> {
  const done = await db.kysely
    .updateTable("checkout_tokens")
    .set({ opened_at: now, unclaimed_at: unclaimedAt })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("status", "=", "challenged")
    .where("opened_at", "is", null)
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Keeps what the bank said of a cardholder, the first time. Answers the token as it now is. */
export async function saveReturn(db: Db, token: Token): Promise<Token> {
  await saveFirstReturn(db.kysely, token);
  return (await readToken(db.kysely, token.merchantId, { id: token.id })) ?? token;
}

/** Keeps what the bank said of a cardholder. Says whether it was the first to do so. */
export async function saveFirstReturn(db: Reader, token: Token): Promise<boolean> {
  const { merchantId, id } = token;
  const done = await db
    .updateTable("checkout_tokens")
    .set({
      status: token.status,
      returned_at: token.returnedAt,
      level: token.level,
      eci: token.eci,
      proof: token.proof,
      reason: token.reason,
      bank_code: token.bankCode,
      bank_message: token.bankMessage,
    })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("status", "=", "challenged")
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/**
 * Gives a session to the try that is about to be charged; asked again for the same one it says yes
 * again, for any other no.
 */
export async function claim(db: Db, { session, token }: Try): Promise<boolean> {
  const done = await db.kysely
    .updateTable("checkout_sessions")
    .set({ charged_token_id: token.id })
    .where("merchant_id", "=", session.merchantId)
    .where("id", "=", session.id)
    .where((eb) =>
      eb.or([
        eb("charged_token_id", "=", token.id),
        eb.and([eb("charged_token_id", "is", null), eb("version", "=", token.sessionVersion)]),
      ]),
    )
    .executeTakeFirst();
  return done.numUpdatedRows > 0n;
}

/** Whether a session was given to this one of its tries. */
export async function isCharged(db: Db, { merchantId, sessionId, id }: Token): Promise<boolean> {
  return (await readSession(db, { merchantId, id: sessionId }))?.chargedTokenId === id;
}

/** Writes the amount, the terms and the version of a locked session. */
export async function saveTerms(tx: Tx, session: Session): Promise<void> {
  const { amountMinor, terms, version } = session;
  await tx
    .updateTable("checkout_sessions")
    .set({ amount_minor: amountMinor, terms: JSON.stringify(terms), version })
    .where("merchant_id", "=", session.merchantId)
    .where("id", "=", session.id)
    .execute();
}

/** Forgets the bank's proof once the charge that needed it has ended. */
export async function dropProof(db: Db, { merchantId, id }: Key): Promise<void> {
  await db.kysely
    .updateTable("checkout_tokens")
    .set({ proof: null })
    .where("merchant_id", "=", merchantId)
    .where("id", "=", id)
    .where("proof", "is not", null)
    .execute();
}

/**
 * Deletes those of these sessions that were over before `before`, with their tries, of which
 * nothing is left at a bank: no hold was made, or each has gone back. Says how many.
 */
export async function dropUncharged(
  tx: Tx,
  merchant: MerchantId,
  ids: readonly SessionId[],
  before: Date,
): Promise<number> {
  const { rows } = await sql<{ id: SessionId }>`
    select s.id from checkout_sessions s
    where s.merchant_id = ${merchant} and s.id = any(${[...ids]}::text[])
      and s.expires_at < ${before} and not exists (
        select from checkout_tokens t left join payments p
          on p.merchant_id = t.merchant_id and p.id = t.payment_id
        where t.merchant_id = s.merchant_id and t.session_id = s.id
          and (t.unclaimed_at is not null or p.status not in ('declined', 'voided')))
    for update of s`.execute(tx);
  const gone = rows.map(({ id }) => id);
  if (gone.length === 0) return 0;
  await sql`update checkout_sessions set charged_token_id = null
    where merchant_id = ${merchant} and id = any(${gone}::text[])`.execute(tx);
  await sql`delete from checkout_tokens
    where merchant_id = ${merchant} and session_id = any(${gone}::text[])`.execute(tx);
  await sql`delete from checkout_sessions
    where merchant_id = ${merchant} and id = any(${gone}::text[])`.execute(tx);
  return gone.length;
}

/** How many sessions are looked at with one statement. */
const IDLE_PAGE = 5_000;

type IdlePage = Readonly<{ seen: number; last: string | null; dropped: number }>;

async function dropPage(
  db: Db,
  merchant: MerchantId,
  { before, last }: Readonly<{ before: Date; last: string }>,
): Promise<IdlePage> {
  const { rows } = await sql<IdlePage>`
    with page as materialized (
      select s.id, s.expires_at < ${before} and (select t.id from checkout_tokens t
        where t.merchant_id = ${merchant} and t.session_id = s.id limit 1) is null as is_idle
      from checkout_sessions s where s.merchant_id = ${merchant} and s.id > ${last}
      order by s.id limit ${IDLE_PAGE}
    ), dropped as (
      delete from checkout_sessions s where s.merchant_id = ${merchant}
        and s.id = any(array(select id from page where is_idle))
      returning s.id
    )
    select (select count(*)::integer from page) as seen, (select max(id) from page) as last,
      (select count(*)::integer from dropped) as dropped`.execute(db.kysely);
  return rows[0]!;
}

/**
 * Deletes sessions in which no card was tried and that were over before `before`, page by page:
 * those in which one was tried stay, and are more each year.
 */
export async function dropIdle(db: Db, merchant: MerchantId, before: Date): Promise<number> {
  let dropped = 0;
  for (let last = ""; ; ) {
    const page = await inOrder(db, (view) => dropPage(view, merchant, { before, last }));
    dropped += page.dropped;
    last = page.last ?? last;
    if (page.seen < IDLE_PAGE) return dropped;
  }
}
