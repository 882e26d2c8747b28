import type { AgentId, PosId } from "../lib/id.ts";

/**
 * Accounts are named `party:purpose`; with the merchant and the currency of an entry they are
 * unique. Receivables and expenses grow by debits, payables and income by credits.
 */
export type Account =
  `${string}:${"receivable" | "payable" | "commission" | "commission_tax" | "earnings" | "drawn"}`;

/** What a bank owes the merchant for what it drew from cards. */
export const dueFromBank = (pos: PosId): Account => `bank.${pos}:receivable`;
/** What is owed to the main firm. */
export const dueToCompany: Account = "company:payable";
/** What is owed to one agent. */
export const dueToAgent = (agent: AgentId): Account => `agent.${agent}:payable`;
/** What is owed to one member of a marketplace. */
export const dueToMember = (member: bigint): Account => `member.${member}:payable`;
/** What a marketplace keeps of its members' sales, until it is paid out. */
export const dueToPlatform: Account = "company:earnings";
/** What was transferred through one connection to a bank, or by hand. */
export const drawnFrom = (connection: bigint | null): Account =>
  `payout.${connection ?? "hand"}:drawn`;
/** What the platform earned. */
export const commissionEarned: Account = "platform:commission";
/** Tax on the commission, owed to the state. */
export const commissionTaxDue: Account = "state:commission_tax";
