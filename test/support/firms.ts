import { inTx } from "../../src/db/transaction.ts";
import { demoMerchant } from "../../src/main/demo.ts";
import {
  type Enrolled,
  enroll,
  findAgent,
  giveKey,
  setBlocked,
} from "../../src/merchants/index.ts";
import { asOwner } from "./database.ts";
import type { TestWorld } from "./world.ts";

/** What an operator does for the firms of a world: other firms, keys, blocks and rates. */
export function firmsOf(world: TestWorld) {
  const { db, clock, deps, bank, database } = world;
  const { merchantId } = world.merchant;
  const merchants = { db, clock, ring: deps.ring };
  const agentOf = async (code: string) => (await findAgent(db, merchantId, { code }))!;

  const another = async (companyCode: string, more: object = {}): Promise<Enrolled> =>
    (await enroll(merchants, {
      ...demoMerchant(bank.url),
      companyCode,
      name: "Başka Ltd",
      ...more,
    })) as Enrolled;

  /** The header that signs in by a new key of an agent. */
  async function agentKey(code: string, kind: "secret" | "publishable" = "secret") {
    const { id: agentId } = await agentOf(code);
    const key = await inTx(db, (tx) => giveKey(merchants, tx, merchantId, kind, { agentId }));
    return { authorization: `Basic ${key}` };
  }

  /** Blocks an agent, or the main firm itself, for as long as `run` takes. */
  async function whileBlocked<T>(code: string | undefined, run: () => Promise<T>): Promise<T> {
    const agentId = code === undefined ? undefined : (await agentOf(code)).id;
    const block = async (isBlocked: boolean) => {
      await inTx(db, (tx) => setBlocked(tx, merchantId, agentId, isBlocked));
      deps.reception.forgetAll();
    };
    await block(true);
    try {
      return await run();
    } finally {
      await block(false);
    }
  }

  /** Changes one rate, in parts per million: `setRate("AXSS", "cc", 3, 30_000)`. */
  async function setRate(bankId: string, type: string, instalments: number, ratePpm: number) {
    await asOwner(
      database.ownerUrl,
      `update commission_rates set rate_ppm = ${ratePpm} where merchant_id = '${merchantId}'
        and bank_id = '${bankId}' and card_type = '${type}' and instalments = ${instalments}`,
    );
    deps.reception.forgetAll();
  }
  return { another, agentKey, whileBlocked, setRate };
}
