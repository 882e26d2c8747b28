import { type Look, launchBrowser } from "../support/browser.ts";
import { openPlatform } from "./platform.ts";
import { openBank, openShop } from "./sites.ts";

/** A browser before a shop, the platform and a bank: three origins, as in life. */
export async function openStage() {
  const [browser, platform, shop] = await Promise.all([
    launchBrowser(),
    openPlatform(),
    openShop(),
  ]);
  const bank = await openBank(platform.url);
  Object.assign(platform.at, { shop: shop.url, bank: bank.url });
  return {
    platform,
    shop,
    /** A fresh page, and nothing remembered of the test before. */
    open(look?: Look) {
      Object.assign(platform.moods, { expired: 0, declined: false, slowBinMs: 0, tds: false });
      for (const list of [platform.asked, platform.posted, shop.posted]) list.length = 0;
      return browser.open(look);
    },
    close: () => Promise.all([browser.close(), platform.close(), shop.close(), bank.close()]),
  };
}
export type Stage = Awaited<ReturnType<typeof openStage>>;
