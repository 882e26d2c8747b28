import type { Currency } from "../lib/money.ts";

/** An account at a bank that money of one currency is sent to. */
export type BankAccount = Readonly<{ currency: Currency; title: string; iban: string }>;
