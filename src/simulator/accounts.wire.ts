import { z } from "zod";
import { decimalText, minorOfDecimal } from "../lib/money.ts";
import { accountErrors, type TransferRefusal, transferRefusals } from "./accounts.rules.ts";
import type { TransferRow } from "./accounts.store.ts";
import type { AccountOp } from "./faults.rules.ts";

/** Paths after an account's own, in lower case. */
export const accountRoutes: Readonly<Record<string, AccountOp>> = {
  "/transfers": "transfer",
  "/inquiries": "transfer_status",
  "/balance": "balance",
  "/holders": "holder",
  "/clock": "clock",
};

const currency = z.enum(["TRY", "USD", "EUR", "GBP"]);
const reference = z.string().regex(/^[\w-]{1,64}$/);
const amount = z
  .string()
  .regex(/^\d{1,12}\.\d{2}$/)
  .transform((text) => Number(minorOfDecimal(text) ?? 0n))
  .pipe(z.number().positive());

/** What each service of an account is asked with. Amounts are texts with two decimals. */
export const accountBodies = {
  transfer: z
    .object({
      reference,
      amount,
      currency,
      title: z.string().min(1).max(200),
      /** One of the two. */
      iban: z
        .string()
        .regex(/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/)
        .default(""),
      account: z
        .string()
        .regex(/^[A-Z0-9-]{1,34}$/)
        .default(""),
      description: z.string().max(1_000).default(""),
      /** Later the bank must not carry it out any more. */
      valid_until: z.iso.datetime({ offset: true }),
    })
    .refine(({ iban, account }) => (iban === "") !== (account === ""))
    .transform(({ amount: amountKurus, valid_until: until, account, ...rest }) => ({
      ...rest,
      toAccount: account,
      amountKurus,
      validUntilMs: new Date(until).getTime(),
    })),
  transfer_status: z.object({ reference }),
  balance: z.object({ currency }),
  holder: z.object({ identity: z.string().regex(/^\d{10,11}$/) }),
  clock: z.object({}),
};

export type AccountReply = Readonly<{ status: number; body: object }>;

export function accountError(code: keyof typeof accountErrors): AccountReply {
  const [status, message] = accountErrors[code];
  return { status, body: { code, message } };
}

/** A transfer as both the order and the inquiry answer it. */
export const transferReply = (row: TransferRow): AccountReply => ({
  status: 200,
  body: {
    reference: row.reference,
    status: row.state,
    bank_reference: row.state === "paid" ? row.bankReference : "",
    amount: decimalText(BigInt(row.amountKurus)),
    currency: row.currency,
    code: row.code,
    message: transferRefusals[row.code as TransferRefusal] ?? "",
  },
});

export const transferNotFound = (name: string): AccountReply => ({
  status: 200,
  body: { reference: name, status: "not_found" },
});

/** Whose account it is; empty texts where the bank knows nobody of that identity. */
export const holderReply = (
  identity: string,
  { first, last, accountNo } = { first: "", last: "", accountNo: "" },
): AccountReply => ({
  status: 200,
  body: { exists: accountNo !== "", identity, first, last, account_no: accountNo },
});

export const balanceReply = (ofCurrency: string, freeKurus: number, lockedKurus: number) => ({
  status: 200,
  body: {
    currency: ofCurrency,
    total: decimalText(BigInt(freeKurus + lockedKurus)),
    locked: decimalText(BigInt(lockedKurus)),
    available: decimalText(BigInt(freeKurus)),
  },
});
