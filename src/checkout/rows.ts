import type { Selectable } from "kysely";
import type { CheckoutSessions, CheckoutTokens } from "../db/tables.gen.ts";
import type { AgentId, CardId, MerchantId, SessionId, TokenId } from "../lib/id.ts";
import { plannedOf, plannedRow } from "../payments/index.ts";
import type { Session, Terms, Token } from "./session.rules.ts";

export const sessionOf = (row: Selectable<CheckoutSessions>): Session => ({
  merchantId: row.merchant_id as MerchantId,
  id: row.id as SessionId,
  kind: row.kind,
  linkId: row.link_id,
  agentId: row.agent_id as AgentId | null,
  amountMinor: row.amount_minor,
  currency: row.currency,
  version: row.version,
  terms: row.terms as Terms,
  chargedTokenId: row.charged_token_id as TokenId | null,
  expiresAt: row.expires_at,
  createdAt: row.created_at,
});

export const sessionRow = (session: Session) => ({
  merchant_id: session.merchantId,
  id: session.id,
  kind: session.kind,
  link_id: session.linkId,
  agent_id: session.agentId,
  amount_minor: session.amountMinor,
  currency: session.currency,
  version: session.version,
  terms: JSON.stringify(session.terms),
  charged_token_id: session.chargedTokenId,
  expires_at: session.expiresAt,
  created_at: session.createdAt,
});

export const tokenOf = (row: Selectable<CheckoutTokens>): Token => ({
  merchantId: row.merchant_id as MerchantId,
  id: row.id as TokenId,
  sessionId: row.session_id as SessionId,
  sessionVersion: row.session_version,
  guid: row.guid,
  status: row.status,
  cardId: row.card_id as CardId | null,
  payment: plannedOf(row.planned),
  savesCard: row.saves_card,
  openedAt: row.opened_at,
  returnedAt: row.returned_at,
  level: row.level,
  eci: row.eci,
  proof: row.proof,
  reason: row.reason,
  bankCode: row.bank_code,
  bankMessage: row.bank_message,
  unclaimedAt: row.unclaimed_at,
  toldAt: row.told_at,
  createdAt: row.created_at,
});

/** A row as it goes into a statement as JSON. */
export const tokenRow = (token: Token) => ({
  merchant_id: token.merchantId,
  id: token.id,
  session_id: token.sessionId,
  session_version: token.sessionVersion,
  guid: token.guid,
  status: token.status,
  card_id: token.cardId,
  payment_id: token.payment.id,
  planned: plannedRow(token.payment),
  saves_card: token.savesCard,
  opened_at: token.openedAt,
  returned_at: token.returnedAt,
  level: token.level,
  eci: token.eci,
  proof: token.proof,
  reason: token.reason,
  bank_code: token.bankCode,
  bank_message: token.bankMessage,
  unclaimed_at: token.unclaimedAt,
  told_at: token.toldAt,
  created_at: token.createdAt,
});
