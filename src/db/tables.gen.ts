/** Written by `node src/db/generate.ts` from the migrated database. */
export interface Tables {}
