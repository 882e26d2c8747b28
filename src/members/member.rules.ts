import type { MerchantId } from "../lib/id.ts";
import { isIdentityNumber, isTaxNumber } from "../lib/identity-number.ts";
import type { MarketProblem } from "../lib/market-problem.ts";
import { PPM } from "../lib/money.ts";
import { Refusal, refuseMarket } from "../lib/refusal.ts";
import { checkEmail } from "../messaging/recipient.rules.ts";
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

/** What is asked to be known of a member; a kind that there is not is `undefined`, none is null. */
export type MemberAsk = Omit<MemberFacts, "kind"> &
  Readonly<{ kind: MemberKind | null | undefined }>;

/** Terms as they were asked for: what cannot be read is `undefined`. */
export type TermsAsk = Readonly<{
  [name in keyof ValueDateTerms]: ValueDateTerms[name] | undefined;
}>;

type TextName = Exclude<keyof MemberFacts, "isSubMerchant" | "kind">;

/** Texts by the problem of their absence, and the kinds that need them; in order of refusal. */
const needed: readonly (readonly [TextName, MarketProblem, (readonly MemberKind[])?])[] = [
  ["externalId", "external_id_missing"],
  ["name", "name_missing"],
  ["title", "title_missing"],
  ["taxOffice", "tax_office_missing", ["company"]],
  ["taxNumber", "tax_number_missing", ["company"]],
  ["identityNumber", "identity_missing", ["person", "sole"]],
  ["email", "email_missing"],
  ["phone", "phone_missing"],
  ["address", "address_missing"],
  ["contactName", "contact_name_missing", ["person", "sole"]],
  ["contactLastname", "contact_lastname_missing", ["person", "sole"]],
];

const TEXT_MAX = 250;
const ADDRESS_MAX = 1_000;
const longest: Partial<Record<TextName, number>> = { address: ADDRESS_MAX };

/** Who is no company pays taxes under the number of the person too. */
const isTaxable = (number: string, kind: MemberKind | null): boolean =>
  isTaxNumber(number) || (kind !== "company" && isIdentityNumber(number));

function isEmail(text: string): boolean {
  try {
    return checkEmail("", text) !== "";
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Ten digits of Türkiye, without the 0 that is dialled before them. */
const PHONE = /^[1-9]\d{9}$/;

/**
 * What is to be known of a member. Refuses, in this order: `member_type_wrong`, what is missing,
 * `member_text_too_long`, `tax_number_wrong`, `identity_wrong`, `email_wrong`, `phone_wrong`.
 */
export function checkMember(ask: MemberAsk): MemberFacts {
  const { kind } = ask;
  if (kind === undefined) return refuseMarket("member_type_wrong");
  if (kind === null && ask.isSubMerchant) refuseMarket("member_type_wrong");
  for (const [name, problem, kinds] of needed) {
    const isNeeded = !kinds || (kind !== null && kinds.includes(kind));
    if (isNeeded && ask[name] === "") refuseMarket(problem);
  }
  for (const [name] of needed) {
    if (ask[name].length > (longest[name] ?? TEXT_MAX)) refuseMarket("member_text_too_long");
  }
  if (ask.taxNumber !== "" && !isTaxable(ask.taxNumber, kind)) refuseMarket("tax_number_wrong");
  if (ask.identityNumber !== "" && !isIdentityNumber(ask.identityNumber)) {
    refuseMarket("identity_wrong");
  }
  if (!isEmail(ask.email)) refuseMarket("email_wrong");
  if (!PHONE.test(ask.phone)) refuseMarket("phone_wrong");
  return { ...ask, kind };
}

const mostOf = { plus_day: 100, day_of_week: 7, day_of_month: 28 } as const satisfies Record<
  ValueDateKind,
  number
>;

/** Refuses in this order: `value_date_type_wrong`, `value_date_value_wrong`, `commission_wrong`. */
export function checkTerms({ kind, value, commissionPpm }: TermsAsk): ValueDateTerms {
  if (kind === undefined) return refuseMarket("value_date_type_wrong");
  if (value === undefined || value < 1 || value > mostOf[kind])
    return refuseMarket("value_date_value_wrong");
  if (commissionPpm === undefined || commissionPpm > PPM) return refuseMarket("commission_wrong");
  return { kind, value, commissionPpm };
}

/** Whether the same is known of a member before and after. */
export const isSameMember = (one: MemberFacts, other: MemberFacts): boolean =>
  one.isSubMerchant === other.isSubMerchant &&
  one.kind === other.kind &&
  needed.every(([name]) => one[name] === other[name]);
