import { bareIban, IBAN_LENGTH_MAX, isIban } from "../lib/iban.ts";
import type { Currency } from "../lib/money.ts";
import { refuseMarket } from "../lib/refusal.ts";

/** An account at a bank that money of one currency is sent to. */
export type BankAccount = Readonly<{ currency: Currency; title: string; iban: string }>;

/** The same as it was asked for: no currency is one in which no money is taken here. */
export type AccountAsk = Readonly<{ currency: Currency | undefined; title: string; iban: string }>;

const TITLE_MAX = 200;

/**
 * The account that was asked for, its IBAN bare. Refuses, in this order, `account_currency_wrong`,
 * `account_title_missing`, `account_iban_missing`, `account_title_too_long`,
 * `account_iban_too_long`, `account_iban_wrong`.
 */
export function checkAccount({ currency, title, iban }: AccountAsk): BankAccount {
  const bare = bareIban(iban);
  if (currency === undefined) return refuseMarket("account_currency_wrong");
  if (title === "") refuseMarket("account_title_missing");
  if (bare === "") refuseMarket("account_iban_missing");
  if (title.length > TITLE_MAX) refuseMarket("account_title_too_long");
  if (bare.length > IBAN_LENGTH_MAX) refuseMarket("account_iban_too_long");
  if (!isIban(bare)) refuseMarket("account_iban_wrong");
  return { currency, title, iban: bare };
}

/**
 * The name of whom an account that is no IBAN belongs to. Refuses `account_title_missing` and
 * `account_title_too_long`.
 */
export function checkTitle(title: string): string {
  if (title === "") refuseMarket("account_title_missing");
  return title.length > TITLE_MAX ? refuseMarket("account_title_too_long") : title;
}

/** Accounts of one party, as `checkAccount`; then refuses `account_currency_twice`. */
export function checkAccounts(asks: readonly AccountAsk[]): BankAccount[] {
  const accounts = asks.map(checkAccount);
  const currencies = new Set(accounts.map(({ currency }) => currency));
  return currencies.size === accounts.length ? accounts : refuseMarket("account_currency_twice");
}

export const isSameAccount = (one: BankAccount, other: BankAccount): boolean =>
  one.currency === other.currency && one.title === other.title && one.iban === other.iban;
