import type { MerchantId } from "../lib/id.ts";
import type { BankAccount } from "./account.rules.ts";

/** A person, a sole trader, or a company of partners or shares. */
export type MemberKind = "person" | "sole" | "company";

/** What is known of who sells; a text that was not given is empty. */
export type MemberFacts = Readonly<{
  /** The marketplace's own id of the member: one living member has it. */
  externalId: string;
  isSubMerchant: boolean;
  /** A member that sells on a marketplace has one. */
  kind: MemberKind | null;
  name: string;
  title: string;
  taxOffice: string;
  taxNumber: string;
  identityNumber: string;
  email: string;
  phone: string;
  address: string;
  contactName: string;
  contactLastname: string;
}>;

export type Member = MemberFacts &
  Readonly<{
    merchantId: MerchantId;
    number: bigint;
    createdAt: Date;
    updatedAt: Date | null;
    /** A member who is gone sells no more; what is due to it stays due. */
    deletedAt: Date | null;
  }>;

/** Where a member's money of one currency goes. */
export type MemberAccount = BankAccount & Readonly<{ number: bigint; member: bigint }>;

export type ValueDateKind = "plus_day" | "day_of_week" | "day_of_month";
/** When a member is paid after an approval, and what the platform keeps of its sales. */
export type ValueDateTerms = Readonly<{
  kind: ValueDateKind;
  /** So many days; a day of the week, Monday being 1; or a day of the month. */
  value: number;
  commissionPpm: bigint;
}>;
export type ValueDate = ValueDateTerms & Readonly<{ number: bigint }>;
