import { bareIban, IBAN_LENGTH_MAX, isIban } from "../lib/iban.ts";
import type { MarketProblem } from "../lib/market-problem.ts";
import type { Currency } from "../lib/money.ts";
import { refuse } from "../lib/refusal.ts";

/** An account at a bank that money of one currency is sent to. */
export type BankAccount = Readonly<{ currency: Currency; title: string; iban: string }>;

/** The same as it was asked for: no currency is one in which no money is taken here. */
export type AccountAsk = Readonly<{ currency: Currency | undefined; title: string; iban: string }>;

const no = (problem: MarketProblem) => refuse("market_refused", { problem });

const TITLE_MAX = 200;

/**
 * The account that was asked for, its IBAN bare. Refuses, in this order, `account_currency_wrong`,
 * `account_title_missing`, `account_iban_missing`, `account_title_too_long`,
 * `account_iban_too_long`, `account_iban_wrong`.
 */
export function checkAccount({ currency, title, iban }: AccountAsk): BankAccount {
  const bare = bareIban(iban);
  if (currency === undefined) return no("account_currency_wrong");
  if (title === "") no("account_title_missing");
  if (bare === "") no("account_iban_missing");
  if (title.length > TITLE_MAX) no("account_title_too_long");
  if (bare.length > IBAN_LENGTH_MAX) no("account_iban_too_long");
  if (!isIban(bare)) no("account_iban_wrong");
  return { currency, title, iban: bare };
}

/** Accounts of one party, as `checkAccount`; then refuses `account_currency_twice`. */
export function checkAccounts(asks: readonly AccountAsk[]): BankAccount[] {
  const accounts = asks.map(checkAccount);
  const currencies = new Set(accounts.map(({ currency }) => currency));
  return currencies.size === accounts.length ? accounts : no("account_currency_twice");
}

export const isSameAccount = (one: BankAccount, other: BankAccount): boolean =>
  one.currency === other.currency && one.title === other.title && one.iban === other.iban;
