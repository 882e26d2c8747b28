export type { MarketplaceDeps } from "./deps.ts";
export { createOpenSale } from "./open-sales.ts";
export { sell } from "./sell.ts";
export {
  type Distribution,
  readSettings,
  type Settings,
  savePlatformAccount,
  saveSettings,
} from "./settings.store.ts";
