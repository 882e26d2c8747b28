import { z } from "zod";
import type { MarketProblem } from "../../../lib/market-problem.ts";
import type { AccountAsk } from "../../../members/account.rules.ts";
import type { WholeMember } from "../../../members/index.ts";
import type {
  MemberAccount,
  MemberAsk,
  MemberKind,
  TermsAsk,
  ValueDate,
  ValueDateKind,
} from "../../../members/member.rules.ts";
import {
  ANY_LENGTH,
  currency,
  currencyIdOf,
  flag,
  moment,
  named,
  percent,
  percentOf,
  text,
  unread,
  whole,
  words,
} from "../wire/formats.ts";

/** The rules say in their order what is too long. */
const bareText = text(ANY_LENGTH);
const manyWords = words(ANY_LENGTH);

/** Something of ours by its number; some clients leave it out by a 0. */
export const maybeNumber = named()
  .transform((number) => (number === 0n ? undefined : number))
  .optional()
  .meta({ ...named().meta() });
/** The same where it must be there. */
export const theNumber = (problem: MarketProblem) =>
  named(problem).refine((number) => number > 0n, problem);

export const externalId = bareText;

/** Stands for a type that is no number, which is none of ours and not none at all. */
const NO_TYPE = -1;

/** What creating and changing a member have in common. */
export const memberMembers = {
  // Alone among the switches it must be said.
  IsSubMerchant: flag.unwrap().meta({ ...flag.meta() }),
  MemberType: whole()
    .optional()
    .catch(NO_TYPE)
    .optional()
    .meta({ ...whole().meta() }),
  MemberExternalId: externalId,
  MemberName: manyWords,
  MemberTitle: manyWords,
  MemberTaxOffice: manyWords,
  MemberTaxNumber: bareText,
  MemberIdentityNumber: bareText,
  MemberEmail: bareText,
  MemberPhone: bareText,
  MemberAddress: manyWords,
  ContactName: manyWords,
  ContactLastname: manyWords,
  SkipIdentityExistCheck: flag,
};
const MemberMembers = z.object(memberMembers);
type MemberMembers = z.output<typeof MemberMembers>;

export const accountMembers = {
  CurrencyId: unread(currency()),
  Title: manyWords,
  Iban: bareText,
};
const AccountMembers = z.object(accountMembers);

export const termsMembers = {
  CalculationType: unread(whole()),
  CalculationValue: unread(whole()),
  Commission: unread(percent()),
};
const TermsMembers = z.object(termsMembers);

const kinds: Readonly<Record<number, MemberKind>> = { 1: "person", 2: "sole", 3: "company" };
const kindIds = { person: 1, sole: 2, company: 3 } as const satisfies Record<MemberKind, number>;
const termsKinds: Readonly<Record<number, ValueDateKind>> = {
  1: "plus_day",
  2: "day_of_week",
  3: "day_of_month",
};
const termsKindIds = { plus_day: 1, day_of_week: 2, day_of_month: 3 } as const satisfies Record<
  ValueDateKind,
  number
>;

export const memberAsked = (asked: MemberMembers): MemberAsk => ({
  isSubMerchant: asked.IsSubMerchant,
  kind: asked.MemberType ? kinds[asked.MemberType] : null,
  externalId: asked.MemberExternalId,
  name: asked.MemberName,
  title: asked.MemberTitle,
  taxOffice: asked.MemberTaxOffice,
  taxNumber: asked.MemberTaxNumber,
  identityNumber: asked.MemberIdentityNumber,
  email: asked.MemberEmail,
  phone: asked.MemberPhone,
  address: asked.MemberAddress,
  contactName: asked.ContactName,
  contactLastname: asked.ContactLastname,
});

export const accountAsked = (asked: z.output<typeof AccountMembers>): AccountAsk => ({
  currency: asked.CurrencyId,
  title: asked.Title,
  iban: asked.Iban,
});

export const termsAsked = (asked: z.output<typeof TermsMembers>): TermsAsk => ({
  kind: termsKinds[asked.CalculationType ?? 0],
  value: asked.CalculationValue,
  commissionPpm: asked.Commission,
});

export const accountShown = ({ number, currency: of, title, iban }: MemberAccount) => ({
  Id: Number(number),
  CurrencyId: currencyIdOf(of),
  Currency: of,
  Title: title,
  Iban: iban,
});

export const valueDateShown = ({ number, kind, value, commissionPpm }: ValueDate) => ({
  Id: Number(number),
  CalculationType: termsKindIds[kind],
  CalculationValue: value,
  Commission: percentOf(commissionPpm),
});

export const memberShown = ({ member, accounts, valueDate }: WholeMember) => ({
  Id: Number(member.number),
  IsSubMerchant: member.isSubMerchant,
  // A number is never null on this wire; a member that is no sub-merchant need not have a kind.
  MemberType: member.kind ? kindIds[member.kind] : 0,
  MemberExternalId: member.externalId,
  MemberName: member.name,
  MemberTitle: member.title,
  MemberTaxOffice: member.taxOffice,
  MemberTaxNumber: member.taxNumber,
  MemberIdentityNumber: member.identityNumber,
  MemberEmail: member.email,
  MemberPhone: member.phone,
  MemberAddress: member.address,
  ContactName: member.contactName,
  ContactLastname: member.contactLastname,
  BankAccounts: accounts.map(accountShown),
  ValueDate: valueDate ? valueDateShown(valueDate) : null,
  InsertDateTime: moment(member.createdAt),
  UpdateDateTime: member.updatedAt && moment(member.updatedAt),
});
