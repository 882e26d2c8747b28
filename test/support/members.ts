import { isIdentityNumber, isTaxNumber } from "../../src/lib/identity-number.ts";

/** An account as the banks' registry shows one, and another. */
export const goodIban = "TR330006100519786457841326";
export const otherIban = "TR560006200000000000100011";

const endings = (count: number) =>
  Array.from({ length: 10 ** count }, (_, ending) => String(ending).padStart(count, "0"));

/** A tax number with its check digit. */
export const taxNumber = (of: number): string =>
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
