export { entriesOf } from "./entry.rules.ts";
export {
  type Balance,
  checkSnapshots,
  entriesInsert,
  postEntries,
  readBalances,
  readEntriesOf,
} from "./ledger.store.ts";
export { snapshot } from "./snapshot.ts";
