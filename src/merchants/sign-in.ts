import type { MerchantId } from "../lib/id.ts";
import { refuse } from "../lib/refusal.ts";
import type { MerchantsDeps } from "./deps.ts";
import {
  hashTextOfKey,
  isPair,
  keyOfHeader,
  type LoneKind,
  mayCallFrom,
  type PairKind,
} from "./keys.rules.ts";
import { type FoundKey, findKey } from "./keys.store.ts";
import type { Agent, Caller, Merchant } from "./merchant.rules.ts";
import { findAgent, readMerchant } from "./merchants.store.ts";
import { remember } from "./remember.ts";

/** Typed clients send it where they name no agent. */
const NO_AGENT = "0";

type KnownKey = FoundKey & Readonly<{ agent?: Agent | undefined }>;

async function readKey({ db }: MerchantsDeps, hash: string): Promise<KnownKey | undefined> {
  const key = await findKey(db, Buffer.from(hash, "base64"));
  if (!key?.agentId) return key;
  return { ...key, agent: await findAgent(db, key.merchantId, { id: key.agentId }) };
}

/** The two ways in: a key that stands alone, and one that comes with its client. */
function createDoors(
  deps: MerchantsDeps,
  findKnown: (hash: string) => Promise<KnownKey | undefined>,
  merchantOf: (id: MerchantId) => Promise<Merchant>,
) {
  /**
   * Reads the `Authorization` header. Refuses `key_unknown`, `address_not_allowed`, and
   * `merchant_blocked` or `agent_blocked` for a key that is right but whose owner may not act.
   */
  async function signIn(
    header: string | undefined,
    address: string,
    kinds: readonly LoneKind[],
  ): Promise<Caller> {
    const text = keyOfHeader(header) ?? refuse("key_unknown", {});
    const found = await findKnown(hashTextOfKey(deps.ring, text));
    const isKind = found && kinds.some((kind) => kind === found.kind);
    return admit(isKind ? found : refuse("key_unknown", {}), address);
  }

  async function admit(key: KnownKey, address: string): Promise<Caller> {
    if (!mayCallFrom(key.allowedIps, address)) return refuse("address_not_allowed", { address });
    const merchant = await merchantOf(key.merchantId);
    if (merchant.isBlocked) return refuse("merchant_blocked", {});
    if (key.agent?.isBlocked) return refuse("agent_blocked", {});
    return { merchant, agent: key.agent };
  }

  /**
   * Reads a pair of headers, compared exactly as they were sent. Refuses as `signIn` does.
   */
  async function signInPair(
    pair: Readonly<{ key: unknown; client: unknown }>,
    address: string,
    kind: PairKind,
  ): Promise<Caller> {
    const { key, client } = pair;
    if (!isPair(key, client) || typeof key !== "string") return refuse("key_unknown", {});
    const found = await findKnown(hashTextOfKey(deps.ring, key));
    const isOwn = found?.kind === kind && found.client === client;
    return admit(isOwn ? found : refuse("key_unknown", {}), address);
  }
  return { signIn, signInPair };
}

/** Who may come in. Built once per process: it remembers keys and merchants for a moment. */
export function createReception(deps: MerchantsDeps) {
  const keys = remember(deps.clock, (hash) => readKey(deps, hash));
  const merchants = remember(deps.clock, (id) =>
    readMerchant(deps.db, deps.ring, id as MerchantId),
  );
  const agents = remember(deps.clock, (key) => {
    const [merchant, code] = key.split(" ", 2);
    return findAgent(deps.db, merchant as MerchantId, { code: code ?? "" });
  });

  /** The merchant as it is within the last moment. */
  const merchantOf = async (id: MerchantId): Promise<Merchant> =>
    (await merchants.find(id)) ?? refuse("key_unknown", {});

  const { signIn, signInPair } = createDoors(deps, keys.find, merchantOf);

  /**
   * The agent on whose behalf a call is made. An agent's own key is confined to itself, so a named
   * agent is ignored there; a main firm may name its own code or any agent of its tree. A code of 0
   * that no agent has names none. Refuses `agent_not_found` and `agent_blocked`.
   */
  async function agentFor(caller: Caller, code: string | undefined): Promise<Agent | undefined> {
    if (caller.agent || !code || code === caller.merchant.companyCode) return caller.agent;
    const agent = await agents.find(`${caller.merchant.id} ${code}`);
    if (!agent) return code === NO_AGENT ? undefined : refuse("agent_not_found", { agent: code });
    return agent.isBlocked ? refuse("agent_blocked", {}) : agent;
  }

  const forgetAll = () => {
    for (const each of [keys, merchants, agents]) each.forgetAll();
  };
  return { signIn, signInPair, agentFor, merchantOf, forgetAll };
}
export type Reception = ReturnType<typeof createReception>;
