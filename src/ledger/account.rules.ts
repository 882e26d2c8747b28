import type { AgentId, PosId } from "../lib/id.ts";

/**
 * Accounts are named `party:purpose`; with the merchant and the currency of an entry they are
 * unique. Receivables and expenses grow by debits, payables and income by credits.
 */
export type Account = `${string}:${"receivable" | "payable" | "commission" | "commission_tax"}`;

/** What a bank owes the merchant for what it drew from cards. */
export const dueFromBank = (pos: PosId): Account => `bank.${pos}:receivable`;
/** What is owed to the main firm. */
export const dueToCompany: Account = "company:payable";
/** What is owed to one agent. */
export const dueToAgent = (agent: AgentId): Account => `agent.${agent}:payable`;
/** What the platform earned. */
export const commissionEarned: Account = "platform:commission";
/** Tax on the commission, owed to the state. */
export const commissionTaxDue: Account = "state:commission_tax";
