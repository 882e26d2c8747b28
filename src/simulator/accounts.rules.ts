import type { Fault } from "./faults.rules.ts";

/** An account from which merchants pay out. It has a balance in each currency. */
type AccountSeed = Readonly<{ accountNo: string; key: string }>;

/** Two firms' accounts at the offline bank, the key of their interface being what lets one in. */
export const seededAccounts: readonly AccountSeed[] = [
  { accountNo: "880000001", key: "SIMPAY01" },
  { accountNo: "880000002", key: "SIMPAY02" },
];

/** What every account has in each currency until somebody says otherwise: a hundred million. */
export const STARTING_KURUS = 10_000_000_000;

/** Why the bank does not carry a transfer out. */
export const transferRefusals = {
  balance_too_low: "Yetersiz bakiye",
  account_closed: "Alıcı hesabı kapalı",
  account_unknown: "Alıcı hesabı bulunamadı",
  title_differs: "Alıcı adı hesap sahibiyle uyuşmuyor",
  too_late: "Talimatın geçerlilik süresi dolmuş",
  declined: "İşlem banka tarafından reddedildi",
} as const;
export type TransferRefusal = keyof typeof transferRefusals;

/** What a request is not even looked at for. */
export const accountErrors = {
  key_unknown: [401, "Hesap veya anahtar geçersiz"],
  format: [400, "Hatalı istek"],
  reference_used: [409, "Referans başka bir talimatta kullanılmış"],
  system_error: [500, "Sistem hatası"],
} as const;

type Ending = Readonly<{
  refusal?: TransferRefusal;
  /** Accepted, and a minute later this. */
  later?: "paid" | "refused";
  fault?: Omit<Fault, "ruleId">;
}>;

/** The last four characters of where it goes say what becomes of a transfer. */
const endings: Readonly<Record<string, Ending>> = {
  9901: { refusal: "account_closed" },
  9902: { refusal: "title_differs" },
  9903: { later: "paid" },
  9904: { later: "refused" },
  9905: { fault: { action: "reset_after_commit", params: {} } },
  9906: { fault: { action: "reset_before_commit", params: {} } },
  9907: { fault: { action: "delay", params: { ms: 75_000 } } },
  9908: { fault: { action: "not_found_for", params: { seconds: 240 } } },
  9909: { fault: { action: "http_500", params: { commit: true } } },
  9910: { fault: { action: "http_500", params: { commit: false } } },
};
/** Where money goes: an IBAN, or an account of this bank by its number. The other is empty. */
type Receiver = Readonly<{ iban: string; toAccount: string }>;
export const endingOf = ({ iban, toAccount }: Receiver): Ending =>
  endings[(iban || toAccount).slice(-4)] ?? {};

export type TransferAsk = Receiver &
  Readonly<{
    reference: string;
    currency: string;
    amountKurus: number;
    title: string;
    description: string;
    validUntilMs: number;
  }>;

/** Why a transfer that arrives at `atMs` is refused; what comes too late is never carried out. */
export function transferRefusal(
  ask: TransferAsk,
  balanceKurus: number,
  atMs: number,
): TransferRefusal | undefined {
  if (atMs > ask.validUntilMs) return "too_late";
  if (ask.amountKurus > balanceKurus) return "balance_too_low";
  if (ask.toAccount !== "" && !isKept(ask.toAccount)) return "account_unknown";
  return endingOf(ask).refusal;
}

export const maskIban = (iban: string): string => `${iban.slice(0, 4)}...${iban.slice(-4)}`;
export const maskAccount = (no: string): string => `${no.slice(0, 2)}...${no.slice(-2)}`;

type Holder = Readonly<{ first: string; last: string; accountNo: string }>;
/** People whom the bank knows by identity number. The others have no account with it. */
const holders: Readonly<Record<string, Holder>> = {
  10000000146: { first: "Ece", last: "Su", accountNo: "770000146" },
  11111111110: { first: "Deniz", last: "Ak", accountNo: "770001110" },
};
export const holderOf = (identity: string): Holder | undefined => holders[identity];

/** Accounts for trying out what can become of a transfer: this, and one of the endings. */
const TRIAL_ACCOUNTS = "77000";
const isKept = (no: string): boolean =>
  Object.values(holders).some(({ accountNo }) => accountNo === no) ||
  (no.startsWith(TRIAL_ACCOUNTS) && Object.hasOwn(endings, no.slice(TRIAL_ACCOUNTS.length)));
