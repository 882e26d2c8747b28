import { inTx, type Tx, within } from "../db/transaction.ts";
import type { MerchantId } from "../lib/id.ts";
import { currencies } from "../lib/money.ts";
import type { Keyring } from "../lib/seal.ts";
import { findSettings, savePlatformAccount, saveSettings } from "../marketplace/index.ts";
import {
  type EnrollAsk,
  enroll,
  giveKey,
  givePair,
  type KeyPair,
  listMerchants,
  type MerchantsDeps,
  moveSandboxPos,
} from "../merchants/index.ts";
import { moveSandboxConnections, openConnection } from "../payouts/index.ts";
import { seededAccounts } from "../simulator/accounts.rules.ts";
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

/** A sandbox merchant that may do everything the product offers. */
export const sandboxMerchant = (companyCode: string, name: string, bankUrl: string): EnrollAsk => ({
  companyCode,
  name,
  mode: "sandbox",
  maySellWithout3d: true,
  needsCardCode: false,
  mayCallInside: true,
  commissionTaxPpm: 200_000n,
  companySharePpm: 1_000_000n,
  agents: [],
  pos: sandboxPos(bankUrl),
});

/** The one of the first start, with two agents. */
export const demoMerchant = (bankUrl: string): EnrollAsk => ({
  ...sandboxMerchant(DEMO_COMPANY, "Örnek A.Ş.", bankUrl),
  agents: [
    { code: "20001", name: "Birinci Bayi" },
    { code: "20002", name: "İkinci Bayi" },
  ],
});

/** Where the demo platform's own money goes: an account that no bank keeps. */
const demoAccounts = [
  { currency: "TRY", iban: "TR560006200000000000100011" },
  { currency: "USD", iban: "TR290006200000000000100012" },
  { currency: "EUR", iban: "TR020006200000000000100013" },
] as const;

/** Makes a merchant a marketplace that pays by transfers, and its own earnings by order. */
export async function openMarketplace(tx: Tx, merchantId: MerchantId, name: string, now: Date) {
  await saveSettings(tx, merchantId, {
    distribution: "payout",
    hasManualTrigger: true,
    platformDays: 1,
    orderDaysMax: null,
  });
  for (const each of demoAccounts) {
    await savePlatformAccount(tx, merchantId, { ...each, title: name }, now);
  }
}

/** What the wire calls the way to the offline bank's accounts. */
const PAYOUT_KEY = "Sim";

/** Lets a merchant pay out from an account at the offline bank, in each currency it has there. */
export async function openPayouts(
  tx: Tx,
  ring: Keyring,
  merchantId: MerchantId,
  bankUrl: string,
  now: Date,
) {
  const [account] = seededAccounts;
  for (const currency of currencies) {
    const way = { merchantId, currency, key: PAYOUT_KEY, isMain: true, baseUrl: bankUrl };
    const at = { account: account!.accountNo, secret: account!.key };
    await openConnection(tx, ring, { ...way, ...at, provider: "simulator" }, now);
  }
}

/** Both pairs of a merchant, under the names of the headers that carry them. */
export async function newPairs(deps: MerchantsDeps, tx: Tx, merchantId: MerchantId) {
  const named = (name: string, { key, client }: KeyPair) =>
    [
      [`apikey${name}`, key],
      [`apiclient${name}`, client],
    ] as const;
  return Object.fromEntries([
    ...named("public", await givePair(deps, tx, merchantId, "paywall_public")),
    ...named("private", await givePair(deps, tx, merchantId, "paywall_private")),
  ]) as Demo["paywall"];
}

type Keys = Pick<Demo, "paynet" | "paywall">;

/** New keys for a demo merchant whose first ones were lost with their file. */
async function newKeys(deps: MerchantsDeps, tx: Tx, merchantId: MerchantId): Promise<Keys> {
  return {
    paynet: {
      secret_key: await giveKey(deps, tx, merchantId, "secret"),
      publishable_key: await giveKey(deps, tx, merchantId, "publishable"),
    },
    paywall: await newPairs(deps, tx, merchantId),
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
    for (const each of merchants) {
      await moveSandboxPos(tx, each.id as MerchantId, urls.bank);
      await moveSandboxConnections(tx, each.id as MerchantId, urls.bank);
    }
    const demo = merchants.find((each) => each.company_code === DEMO_COMPANY);
    const id = demo?.id as MerchantId;
    // Once: what its operator set since then stays.
    const isOpen = await findSettings(within(deps.db, tx), id);
    if (!isOpen) await openMarketplace(tx, id, demo?.name ?? "", deps.clock());
    await openPayouts(tx, deps.ring, id, urls.bank, deps.clock());
    if (enrolled) {
      const { secretKey: secret_key, publishableKey: publishable_key } = enrolled;
      const paynet = { secret_key, publishable_key };
      return { paynet, paywall: await newPairs(deps, tx, id) };
    }
    if (!known) return newKeys(deps, tx, id);
    // A file of an older Vezne has no pairs.
    return { paynet: known.paynet, paywall: known.paywall ?? (await newPairs(deps, tx, id)) };
  });
  const { paynet, paywall } = keys;
  const demo = { urls: { ...urls, dashboard: null }, paynet, paywall, token };
  await folder.writeDemo(demo);
  return demo;
}
