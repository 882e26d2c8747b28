import { randomBytes, randomUUID } from "node:crypto";
import { inTx, type Tx } from "../db/transaction.ts";
import { type AgentId, type MerchantId, newId, type PosId } from "../lib/id.ts";
import { startingRates } from "./commission.rules.ts";
import { insertPos, type NewPos } from "./contracts.store.ts";
import type { MerchantsDeps } from "./deps.ts";
import { hashOfKey, keyText, type LoneKind, PAIR_KEY_BYTES, type PairKind } from "./keys.rules.ts";
import { insertKey } from "./keys.store.ts";
import { insertAgent, insertMerchant, insertRates } from "./merchants.store.ts";

export type EnrollAsk = Readonly<{
  companyCode: string;
  name: string;
  mode: "sandbox" | "live";
  maySellWithout3d: boolean;
  needsCardCode: boolean;
  mayCallInside: boolean;
  commissionTaxPpm: bigint;
  companySharePpm: bigint;
  agents: readonly Readonly<{ code: string; name: string }>[];
  pos: readonly Omit<NewPos, "id">[];
}>;
export type Enrolled = Readonly<{
  merchantId: MerchantId;
  secretKey: string;
  publishableKey: string;
}>;

const HINT_LENGTH = 8;

/** Makes a key and stores its hash. The text is in the answer and nowhere else. */
export async function giveKey(
  deps: MerchantsDeps,
  tx: Tx,
  merchantId: MerchantId,
  kind: LoneKind,
  limits: { agentId?: AgentId; allowedIps?: string[] } = {},
): Promise<string> {
  const text = keyText(kind, randomBytes(32));
  await insertKey(tx, {
    merchantId,
    agentId: limits.agentId ?? null,
    kind,
    client: null,
    allowedIps: limits.allowedIps ?? null,
    hash: hashOfKey(deps.ring, text),
    hint: text.slice(0, HINT_LENGTH),
    createdAt: deps.clock(),
  });
  return text;
}

/** A key with the client's GUID that is sent beside it. */
export type KeyPair = Readonly<{ key: string; client: string }>;

/** Makes a pair and stores the hash of its key. The text is in the answer and nowhere else. */
export async function givePair(
  deps: MerchantsDeps,
  tx: Tx,
  merchantId: MerchantId,
  kind: PairKind,
  limits: { allowedIps?: string[] } = {},
): Promise<KeyPair> {
  const pair = { key: randomBytes(PAIR_KEY_BYTES).toString("base64"), client: randomUUID() };
  await insertKey(tx, {
    merchantId,
    agentId: null,
    kind,
    client: pair.client,
    allowedIps: limits.allowedIps ?? null,
    hash: hashOfKey(deps.ring, pair.key),
    hint: pair.key.slice(0, HINT_LENGTH),
    createdAt: deps.clock(),
  });
  return pair;
}

/** What else is made of a new merchant in the same commit. */
type Also = (tx: Tx, merchantId: MerchantId) => Promise<void>;

/**
 * Opens a merchant with its agents, bank contracts, starting rates and a pair of keys, in one
 * commit. `undefined` when the company code is taken: enrolling twice makes one merchant.
 */
export async function enroll(
  deps: MerchantsDeps,
  ask: EnrollAsk,
  also: Also = async () => {},
): Promise<Enrolled | undefined> {
  const now = deps.clock();
  const merchantId: MerchantId = newId("mer", now);
  return inTx(deps.db, async (tx) => {
    if (!(await insertMerchant(tx, { ...ask, id: merchantId }, now))) return undefined;
    for (const agent of ask.agents) {
      await insertAgent(tx, merchantId, { ...agent, id: newId("agt", now), isBlocked: false }, now);
    }
    for (const pos of ask.pos) {
      const id: PosId = newId("pos", now);
      await insertPos(tx, deps.ring, merchantId, { ...pos, id }, now);
    }
    await insertRates(tx, merchantId, startingRates([...ask.pos.map((p) => p.bankId), "ZDGR"]));
    await also(tx, merchantId);
    return {
      merchantId,
      secretKey: await giveKey(deps, tx, merchantId, "secret"),
      publishableKey: await giveKey(deps, tx, merchantId, "publishable"),
    };
  });
}
