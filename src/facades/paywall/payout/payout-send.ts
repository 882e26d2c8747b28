import { checkAddress } from "../../../lib/address.ts";
import { refuse, refuseMarket } from "../../../lib/refusal.ts";
import { checkAccount, checkTitle } from "../../../members/account.rules.ts";
import { findMember } from "../../../members/index.ts";
import type { Merchant } from "../../../merchants/index.ts";
import { type DirectAsk, findConnection, sendDirect } from "../../../payouts/index.ts";
import type { Connection } from "../../../payouts/provider.rules.ts";
import { type Call, type PaywallDeps, type Service, service } from "../deps.ts";
import type { Reply } from "../wire/envelope.ts";
import { accountNo, named, text, words } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { sendMembers, sentReply } from "./payout.wire.ts";

type Asked = Readonly<{
  PayoutProviderKey: string;
  MerchantGroupCode: string;
  MerchantUniqueCode: string;
  Description: string;
  Amount: bigint;
  CurrencyId: Connection["currency"];
  CallbackSupport: boolean;
  CallbackAddress: string;
}>;

/**
 * The way to pay out of a key and a currency. Refuses `payout_provider_unknown` for a key that
 * there is not, `payout_connection_unknown` for one without this currency.
 */
export async function connectionOf(
  { payouts }: PaywallDeps,
  merchant: Merchant,
  key: string,
  currency: Connection["currency"],
): Promise<Connection> {
  const find = (name: { key: string; currency?: Connection["currency"] }) =>
    findConnection(payouts, payouts.db.kysely, merchant.id, name);
  const found = await find({ key, currency });
  if (found) return found;
  const isKnown = (await find({ key })) !== undefined;
  const problem = isKnown ? "payout_connection_unknown" : "payout_provider_unknown";
  return refuseMarket(problem);
}

const callbackOf = (asked: Asked, merchant: Merchant): string => {
  if (!asked.CallbackSupport) return "";
  if (asked.CallbackAddress === "") {
    return refuse("invalid_input", { field: "CallbackAddress", problem: "missing" });
  }
  return checkAddress("CallbackAddress", asked.CallbackAddress, merchant);
};

type To = Pick<DirectAsk, "party" | "member" | "receiver">;

async function send(deps: PaywallDeps, call: Call, asked: Asked, to: To): Promise<Reply> {
  const { merchant } = call.caller;
  const callback = callbackOf(asked, merchant);
  const { PayoutProviderKey: key, CurrencyId: currency } = asked;
  const connection = await connectionOf(deps, merchant, key, currency);
  const payout = await sendDirect(deps.payouts, merchant, {
    ...to,
    connection: connection.number,
    currency,
    amountMinor: asked.Amount,
    description: asked.Description,
    code: asked.MerchantUniqueCode,
    details: { ip: call.address, group: asked.MerchantGroupCode, callback },
  });
  return sentReply(payout, call.locale);
}

const IbanInput = members({
  ...sendMembers,
  ReceiverTitle: words(),
  ReceiverIban: text(),
});
const sendIban: Service<typeof IbanInput> = {
  method: "POST",
  path: "/api/paywall/payout/send/iban",
  summary: "Pay out to an IBAN",
  pair: "paywall_private",
  input: IbanInput,
  run(deps, call, input) {
    const { CurrencyId: currency, ReceiverTitle: title, ReceiverIban } = input;
    const { iban } = checkAccount({ currency, title, iban: ReceiverIban });
    return send(deps, call, input, { party: "other", member: null, receiver: { title, iban } });
  },
};

const MemberInput = members({ ...sendMembers, MemberId: named("member_not_found") });
const sendMember: Service<typeof MemberInput> = {
  method: "POST",
  path: "/api/paywall/payout/send/member",
  summary: "Pay out to a member's account",
  pair: "paywall_private",
  input: MemberInput,
  async run(deps, call, input) {
    const { CurrencyId: currency, MemberId: number } = input;
    const { merchant } = call.caller;
    const { member, accounts } = await findMember(deps.members, merchant, { number });
    if (!accounts.some((account) => account.currency === currency)) {
      refuseMarket("account_not_found");
    }
    // Its account is read when it is sent, as it is then.
    return send(deps, call, input, { party: "member", member: member.number, receiver: null });
  },
};

const AccountInput = members({
  ...sendMembers,
  ReceiverTitle: words(),
  ReceiverAccount: accountNo(),
});
const sendAccount: Service<typeof AccountInput> = {
  method: "POST",
  path: "/api/paywall/payout/send/account",
  summary: "Pay out to an account at the bank, by its number",
  pair: "paywall_private",
  input: AccountInput,
  run(deps, call, input) {
    const title = checkTitle(input.ReceiverTitle);
    const receiver = { title, accountNo: input.ReceiverAccount };
    return send(deps, call, input, { party: "other", member: null, receiver });
  },
};

export const payoutSends = [service(sendIban), service(sendMember), service(sendAccount)];
