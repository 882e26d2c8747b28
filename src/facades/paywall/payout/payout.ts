import { assert } from "../../../lib/assert.ts";
import { refuseMarket } from "../../../lib/refusal.ts";
import { findConnection, readPayout, readRuns } from "../../../payouts/index.ts";
import type { Connection } from "../../../payouts/provider.rules.ts";
import { type Call, type PaywallDeps, type Service, service } from "../deps.ts";
import { ok, type Reply } from "../wire/envelope.ts";
import { currency, money, named, needed } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { holderShown, payoutShown, providerShown, toldReply } from "./payout.wire.ts";
import { connectionOf, payoutSends } from "./payout-send.ts";

async function balanceReply(
  { payouts }: PaywallDeps,
  { locale }: Call,
  connection: Connection | undefined,
): Promise<Reply> {
  if (!connection) return refuseMarket("payout_connection_unknown");
  const told = await payouts.findProvider(connection).balance();
  const isTold = told.kind === "told";
  const shown = isTold && {
    TotalBalance: money(told.totalMinor),
    LockedBalance: money(told.lockedMinor),
    AvailableBalance: money(told.freeMinor),
  };
  return toldReply(told, locale, {
    Balances: shown ? [shown] : [],
    ProviderDump: isTold ? "" : told.why,
    ProviderHttpStatus: told.status,
    ...providerShown(connection),
  });
}

const find = (
  { payouts }: PaywallDeps,
  { caller }: Call,
  name: Parameters<typeof findConnection>[3],
) => findConnection(payouts, payouts.db.kysely, caller.merchant.id, name);

const BalanceInput = members({ PayoutConnectionId: named("payout_connection_unknown") });
const balance: Service<typeof BalanceInput> = {
  method: "GET",
  path: "/api/paywall/payout/balance",
  summary: "The balance of an account from which is paid out",
  pair: "paywall_private",
  input: BalanceInput,
  async run(deps, call, { PayoutConnectionId: number }) {
    return balanceReply(deps, call, await find(deps, call, { number }));
  },
};

const MainInput = members({ CurrencyId: currency() });
const mainBalance: Service<typeof MainInput> = {
  method: "GET",
  path: "/api/paywall/payout/balance/main",
  summary: "The balance of the main account of a currency",
  pair: "paywall_private",
  input: MainInput,
  async run(deps, call, { CurrencyId: main }) {
    return balanceReply(deps, call, await find(deps, call, { main }));
  },
};

const QueryInput = members({ MerchantUniqueCode: needed("payout_not_found") });
/** A code that came in several months names the newest of its payouts. */
const query: Service<typeof QueryInput> = {
  method: "GET",
  path: "/api/paywall/payout/query",
  summary: "How a payout stands",
  pair: "paywall_private",
  input: QueryInput,
  async run(deps, call, { MerchantUniqueCode: code }) {
    const { kysely } = deps.payouts.db;
    const merchant = call.caller.merchant.id;
    const payout = await readPayout(kysely, merchant, { code });
    if (!payout) return refuseMarket("payout_not_found");
    const runs = await readRuns(kysely, merchant, payout.number);
    assert(payout.connection !== null, "what a client asked for is not transferred by hand");
    const connection = await find(deps, call, { number: payout.connection });
    assert(connection, "a payout names a connection of its merchant");
    return ok(payoutShown(payout, runs.at(-1), connection));
  },
};

const IDENTITY = /^\d{10,11}$/;
const VerifyInput = members({
  ProviderKey: needed("payout_provider_unknown"),
  CurrencyId: currency(),
  Identity: needed().refine((value) => IDENTITY.test(value), "malformed"),
});
const verify: Service<typeof VerifyInput> = {
  method: "GET",
  path: "/api/paywall/payout/verify/account/identity",
  summary: "Whether somebody has an account with the bank, by identity number",
  pair: "paywall_private",
  input: VerifyInput,
  async run(deps, call, { ProviderKey: key, CurrencyId, Identity: identity }) {
    const connection = await connectionOf(deps, call.caller.merchant, key, CurrencyId);
    const told = await deps.payouts.findProvider(connection).verify(identity);
    return toldReply(told, call.locale, {
      ...providerShown(connection),
      AccountDetail: told.kind === "told" ? holderShown(told, identity) : null,
    });
  },
};

/** Payouts that clients ask for by themselves, and what they want to know of the bank's account. */
export const payoutServices = [
  service(balance),
  service(mainBalance),
  ...payoutSends,
  service(query),
  service(verify),
];
