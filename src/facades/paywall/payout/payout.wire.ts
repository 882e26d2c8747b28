import type { Locale } from "../../../lib/messages/index.ts";
import type { Payout, PayoutState, Run } from "../../../payouts/payout.rules.ts";
import {
  type Connection,
  type Holder,
  type Receiver,
  type RefusalReason,
  refusalWords,
  type Told,
} from "../../../payouts/provider.rules.ts";
import type { Reply } from "../wire/envelope.ts";
import {
  currency,
  currencyIdOf,
  flag,
  moment,
  money,
  needed,
  positive,
  text,
  words,
} from "../wire/formats.ts";
import { problemCodes } from "../wire/problem-codes.ts";

const CODE_MAX = 250;
const DESCRIPTION_MAX = 250;
const PROVIDER_ID = 1;

/** Members of every request that pays out. */
export const sendMembers = {
  PayoutProviderKey: needed("payout_provider_unknown"),
  MerchantGroupCode: text(CODE_MAX),
  MerchantUniqueCode: needed("code_missing", CODE_MAX, "code_missing"),
  Description: words(DESCRIPTION_MAX),
  Amount: positive(),
  CurrencyId: currency(),
  CallbackSupport: flag,
  CallbackAddress: text(),
};

/** The wire's number and name of a payout's state. */
const statuses: Readonly<Record<PayoutState, readonly [id: number, name: string]>> = {
  queued: [1, "Oluşturuldu"],
  sending: [2, "Başladı"],
  paid: [3, "Başarılı"],
  failed: [4, "Başarısız"],
};
const IN_PROCESS = statuses.sending[0];

const FAILED = 1;
/** The wire's code of a payout that failed at once. */
const codeOf = (failure: RefusalReason): number => {
  if (failure === "balance_too_low") return problemCodes.balance_too_low;
  const isNowhere = failure === "account_missing" || failure === "account_unknown";
  return isNowhere ? problemCodes.account_not_found : FAILED;
};

/** What is answered to who pays out. One that is still under way has been accepted. */
export function sentReply(payout: Payout, locale: Locale): Reply {
  const body = {
    Result: payout.state !== "failed",
    PayoutTransactionId: Number(payout.number),
    MerchantUniqueCode: payout.code,
    UniqueCode: payout.guid,
    Amount: money(payout.amountMinor),
  };
  const { failure } = payout;
  if (failure === "") return { body };
  return { body, code: codeOf(failure), message: refusalWords[failure][locale] };
}

/** The wire's number and name of where a payout goes. */
function typeOf({ party, receiver }: Payout): readonly [id: number, name: string] {
  if (party === "member") return [3, "Member"];
  return receiver && "accountNo" in receiver ? [2, "Account"] : [1, "Iban"];
}

/** Of the two members that say where money went the one that does not is null. */
const receiverShown = (receiver: Receiver | null) => ({
  ReceiverTitle: receiver?.title ?? "",
  ReceiverIban: receiver && "accountNo" in receiver ? null : (receiver?.iban ?? ""),
  ReceiverAccountNumber: receiver && "accountNo" in receiver ? receiver.accountNo : null,
});

export function payoutShown(payout: Payout, lastRun: Run | undefined, connection: Connection) {
  const [StatusId, Status] = statuses[payout.state];
  const [TypeId, Type] = typeOf(payout);
  return {
    PayoutConnectionId: Number(connection.number),
    PayoutProviderKey: connection.key,
    PayoutTransactionId: Number(payout.number),
    CurrencyId: currencyIdOf(payout.currency),
    MerchantUniqueCode: payout.code,
    UniqueCode: payout.guid,
    Amount: money(payout.amountMinor),
    Description: payout.description,
    ...receiverShown(payout.receiver ?? lastRun?.receiver ?? null),
    ChannelId: 1,
    Channel: "API",
    StatusId,
    Status,
    TypeId,
    Type,
    Ip: String(payout.details["ip"] ?? ""),
    DateTime: moment(payout.createdAt),
  };
}

/** What a client's address is told of a payout that ended. */
export function payoutNoticeBody(payout: Payout) {
  const { failure } = payout;
  return {
    MerchantGroupCode: String(payout.details["group"] ?? ""),
    MerchantUniqueCode: payout.code,
    PayoutTransactionId: Number(payout.number),
    PayoutTransactionAmount: money(payout.amountMinor),
    PayoutTransactionDate: moment(payout.createdAt),
    PayoutConnectedId: Number(payout.connection),
    LastStatusId: IN_PROCESS,
    NewStatusId: statuses[payout.state][0],
    Message: failure === "" ? "" : refusalWords[failure].tr,
  };
}

/** The way to the bank, as the answers that come from it name it. */
export const providerShown = (connection: Connection) => ({
  ProviderConnectedId: Number(connection.number),
  ProviderId: PROVIDER_ID,
  ProviderKey: connection.key,
  CurrencyId: currencyIdOf(connection.currency),
});

export const holderShown = (holder: Holder, identity: string) => ({
  AccountExists: holder.exists,
  UserIdentity: identity,
  Firstname: holder.first,
  Lastname: holder.last,
  PersonalIdentity: identity,
  AccountNumber: holder.accountNo,
});

const silence: Readonly<Record<Locale, string>> = {
  tr: "Bankadan yanıt alınamadı",
  en: "The bank did not answer",
};

/** What a bank told; where it told nothing, `body` says what it can. */
export const toldReply = ({ kind }: Told<unknown>, locale: Locale, body: object): Reply =>
  kind === "told" ? { body } : { body, code: FAILED, message: silence[locale] };
