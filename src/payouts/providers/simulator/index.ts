import {
  type BankTimeouts,
  bankTimeouts,
  type Reply,
  type Transport,
} from "../../../acquirers/transport.ts";
import { isoText } from "../../../lib/clock.ts";
import { decimalText } from "../../../lib/money.ts";
import type { Connection, PayoutProvider, Transfer } from "../../provider.rules.ts";
import { readBalance, readFound, readHolder, readSent, readTime } from "./replies.ts";

const transferBody = ({ reference, amount, to, description, validUntil }: Transfer) => ({
  reference,
  amount: decimalText(amount.minor),
  currency: amount.currency,
  title: to.title,
  ...("iban" in to ? { iban: to.iban } : { account: to.accountNo }),
  description,
  valid_until: isoText(validUntil),
});

/** An IBAN, an account and an identity number are seen by their ends alone. */
const masked = (text: string): string =>
  text
    .replaceAll(/"iban":"(\w{4})\w*(\w{4})"/g, '"iban":"$1...$2"')
    .replaceAll(/"account(_no)?":"(\w{2})[\w-]*(\w{2})"/g, '"account$1":"$2...$3"')
    .replaceAll(/"identity":"(\w{2})\w*(\w{2})"/g, '"identity":"$1...$2"')
    .replaceAll(/"(title|first|last)":"[^"]*"/g, '"$1":"..."');

/** An account at the offline bank: JSON by POST, and a key in a header. */
export function simulator(
  connection: Connection,
  transport: Transport,
  { moneyMs, inquiryMs }: BankTimeouts = bankTimeouts,
): PayoutProvider {
  const { account, currency, secret } = connection;
  const base = `${connection.baseUrl.replace(/\/+$/, "")}/accounts/${account}`;
  const ask = (service: string, content: object, timeoutMs = inquiryMs): Promise<Reply> => {
    const body = JSON.stringify(content);
    return transport.post({
      url: `${base}/${service}`,
      contentType: "application/json",
      headers: { "x-account-key": secret.open() },
      body,
      timeoutMs,
      transcript: (reply) => ({ request: masked(body), reply: masked(reply) }),
    });
  };
  return {
    time: async () => readTime(await ask("clock", {})),
    async send(transfer) {
      const reply = await ask("transfers", transferBody(transfer), moneyMs);
      return readSent(reply, transfer.reference, transfer.amount);
    },
    inquire: async (reference, amount) =>
      readFound(await ask("inquiries", { reference }), reference, amount),
    balance: async () => readBalance(await ask("balance", { currency })),
    verify: async (identity) => readHolder(await ask("holders", { identity })),
  };
}
