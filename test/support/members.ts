import { isIdentityNumber, isTaxNumber } from "../../src/lib/identity-number.ts";

/** An account as the banks' registry shows one, and another. */
export const goodIban = "TR330006100519786457841326";
export const otherIban = "TR560006200000000000100011";

const endings = (count: number) =>
  Array.from({ length: 10 ** count }, (_, ending) => String(ending).padStart(count, "0"));

/** A tax number with its check digit. */
const taxNumber = (of: number): string =>
  endings(1)
    .map((ending) => `${String(of).padStart(9, "0")}${ending}`)
    .find(isTaxNumber)!;
/** The identity number of a person with its check digits. */
export const identityNumber = (of: number): string =>
  endings(2)
    .map((ending) => `${String(100_000_000 + of)}${ending}`)
    .find(isIdentityNumber)!;

let made = 0;
/** A company that no other call of this process has made. */
export function memberInput(more: object = {}) {
  made += 1;
  return {
    IsSubMerchant: true,
    MemberType: 3,
    MemberExternalId: `seller-of-test-${made}`,
    MemberName: "Ada Kitap",
    MemberTitle: "Ada Kitap Ltd",
    MemberTaxOffice: "Moda",
    MemberTaxNumber: taxNumber(700_000_000 + made),
    MemberEmail: "s@ada.example",
    MemberPhone: "5300000000",
    MemberAddress: "Kadıköy",
    ContactName: "Ece",
    ContactLastname: "Su",
    ...more,
  };
}

export type MemberBody = Readonly<{
  Id: number;
  MemberExternalId: string;
  MemberName: string;
  BankAccounts: readonly Readonly<{ Id: number; CurrencyId: number; Iban: string }>[];
  ValueDate: object | null;
  UpdateDateTime: string | null;
}>;

export const goodAccount = { CurrencyId: 1, Title: "Ada Kitap Ltd", Iban: goodIban };
export const goodTerms = { CalculationType: 1, CalculationValue: 7, Commission: 12 };

const camel = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([name, each]) => [name[0]!.toLowerCase() + name.slice(1), camel(each)] as const,
  );
  return Object.fromEntries(entries);
};

/** An input as the official .NET client writes it: its members in camelCase, also inside. */
export const camelCase = (value: unknown): object => camel(value) as object;
