export { entriesOf } from "./entry.rules.ts";
export {
  type Balance,
  checkSnapshots,
  insertEntries as post,
  readBalances,
} from "./ledger.store.ts";
export { snapshot } from "./snapshot.ts";
