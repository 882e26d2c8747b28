import { inTx } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import {
  type EnrollAsk,
  enroll,
  listMerchants,
  type MerchantsDeps,
  moveSandboxPos,
} from "../merchants/index.ts";
import { seededMerchants } from "../simulator/index.ts";
import type { DataFolder, Demo } from "./folder.ts";

const DEMO_COMPANY = "10001";
/** Which of the sandbox bank's contracts stands for which programme. The first is the default. */
const programmes = [
  ["/akbank-est", "AXSS", "Axess"],
  ["/ziraat", "ZRTB", "Ziraat Bankası"],
  ["/isbank", "MAXM", "Maximum"],
  ["/halk", "PARF", "Paraf"],
  ["/qnb-est", "FINS", "CardFinans"],
  ["/teb", "BONS", "Bonus"],
  ["/anadolu", "WRLD", "WorldCard"],
] as const;

/** The bank contracts of a sandbox merchant: one for each card programme at the simulator. */
export function sandboxPos(bankUrl: string): EnrollAsk["pos"] {
  return programmes.map(([prefix, bankId, bankName], i) => {
    const seed = seededMerchants.find((each) => each.prefix === prefix);
    if (!seed) throw new Error(`The simulator has no merchant under ${prefix}`);
    return {
      dialect: seed.dialect,
      bankId,
      bankName,
      baseUrl: `${bankUrl}${prefix}`,
      clientId: seed.clientId,
      user: seed.user,
      password: seed.password,
      storeKey: seed.storeKey,
      isDefault: i === 0,
    };
  });
}

/** A sandbox merchant that may do everything the product offers, with two agents. */
export const demoMerchant = (bankUrl: string): EnrollAsk => ({
  companyCode: DEMO_COMPANY,
  name: "Örnek A.Ş.",
  mode: "sandbox",
  maySellWithout3d: true,
  commissionTaxPpm: 200_000n,
  companySharePpm: 1_000_000n,
  agents: [
    { code: "20001", name: "Birinci Bayi" },
    { code: "20002", name: "İkinci Bayi" },
  ],
  pos: sandboxPos(bankUrl),
});

/**
 * Opens the demo merchant at the first start and writes its keys for scripts. Later starts only
 * tell the merchant's contracts where the bank listens now.
 */
export async function prepareDemo(
  deps: MerchantsDeps,
  folder: DataFolder,
  urls: { api: string; bank: string },
  token: string,
): Promise<Demo> {
  const known = await folder.demo();
  const enrolled = await enroll(deps, demoMerchant(urls.bank));
  const keys = enrolled
    ? { secret_key: enrolled.secretKey, publishable_key: enrolled.publishableKey }
    : known?.paynet;
  if (!keys) {
    throw new Error(
      `${folder.file("demo.json")} is gone and its keys with it. ` +
        "Make new ones with `npx vezne keys new`, or delete the data folder to start afresh.",
    );
  }
  if (known && known.urls.bank !== urls.bank) {
    await inTx(deps.db, async (tx) => {
      for (const each of await listMerchants(deps.db)) {
        await moveSandboxPos(tx, each.id as MerchantId, known.urls.bank, urls.bank);
      }
    });
  }
  const demo = { urls: { ...urls, dashboard: null }, paynet: keys, token };
  await folder.writeDemo(demo);
  return demo;
}
