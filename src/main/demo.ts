import { inTx, type Tx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import {
  type EnrollAsk,
  enroll,
  giveKey,
  listMerchants,
  type MerchantsDeps,
  moveSandboxPos,
} from "../merchants/index.ts";
import { seededMerchants } from "../simulator/merchants.rules.ts";
import { bankNameOf } from "../vault/bin.rules.ts";
import type { DataFolder, Demo } from "./folder.ts";

const DEMO_COMPANY = "10001";
/** Which of the sandbox bank's contracts stands for which programme. The first is the default. */
const programmes = [
  ["/akbank-est", "AXSS"],
  ["/ziraat", "ZRTB"],
  ["/isbank", "MAXM"],
  ["/halk", "PARF"],
  ["/qnb-est", "FINS"],
  ["/teb", "BONS"],
  ["/anadolu", "WRLD"],
] as const;

/** The bank contracts of a sandbox merchant: one for each card programme at the simulator. */
export function sandboxPos(bankUrl: string): EnrollAsk["pos"] {
  return programmes.map(([prefix, bankId], i) => {
    const seed = seededMerchants.find((each) => each.prefix === prefix);
    if (!seed) throw new Error(`The simulator has no merchant under ${prefix}`);
    return {
      dialect: seed.dialect,
      bankId,
      bankName: bankNameOf(bankId),
      baseUrl: `${bankUrl}${prefix}`,
      clientId: seed.clientId,
      user: seed.user,
      password: seed.password,
      storeKey: seed.storeKey,
      isDefault: i === 0,
      acceptsHalfSecure: false,
      threeDModel: "3d",
    };
  });
}

/** A sandbox merchant that may do everything the product offers, with two agents. */
export const demoMerchant = (bankUrl: string): EnrollAsk => ({
  companyCode: DEMO_COMPANY,
  name: "Örnek A.Ş.",
  mode: "sandbox",
  maySellWithout3d: true,
  needsCardCode: false,
  mayCallInside: true,
  commissionTaxPpm: 200_000n,
  companySharePpm: 1_000_000n,
  agents: [
    { code: "20001", name: "Birinci Bayi" },
    { code: "20002", name: "İkinci Bayi" },
  ],
  pos: sandboxPos(bankUrl),
});

type Keys = Demo["paynet"];

/** New keys for a demo merchant whose first ones were lost with their file. */
async function newKeys(deps: MerchantsDeps, tx: Tx, merchantId: MerchantId): Promise<Keys> {
  return {
    secret_key: await giveKey(deps, tx, merchantId, "secret"),
    publishable_key: await giveKey(deps, tx, merchantId, "publishable"),
  };
}

/**
 * Opens the demo merchant at the first start and writes its keys for scripts. Later starts tell the
 * merchants' contracts where the bank listens now, and make new keys when the file is gone: a start
 * that was killed between the merchant and its file is mended by the next one.
 */
export async function prepareDemo(
  deps: MerchantsDeps,
  folder: DataFolder,
  urls: { api: string; bank: string },
  token: string,
): Promise<Demo> {
  const known = await folder.demo();
  const enrolled = await enroll(deps, demoMerchant(urls.bank));
  const merchants = await listMerchants(deps.db);
  const keys = await inTx(deps.db, async (tx): Promise<Keys> => {
    for (const each of merchants) await moveSandboxPos(tx, each.id as MerchantId, urls.bank);
    if (enrolled) {
      return { secret_key: enrolled.secretKey, publishable_key: enrolled.publishableKey };
    }
    const demo = merchants.find((each) => each.company_code === DEMO_COMPANY);
    return known?.paynet ?? newKeys(deps, tx, demo?.id as MerchantId);
  });
  const demo = { urls: { ...urls, dashboard: null }, paynet: keys, token };
  await folder.writeDemo(demo);
  return demo;
}
