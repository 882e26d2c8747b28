import type { Db } from "../../db/pool.ts";
import type { MerchantId } from "../../lib/id.ts";
import { listMerchants } from "../../merchants/index.ts";
import type { ListPage } from "./at-bank.store.ts";
import { rowsOf } from "./pages.ts";

const PAGE = 1_000;
type Listing = Awaited<ReturnType<typeof listMerchants>>[number];

/** The ids of all of a list that a bank must know too, of merchants that are wanted. */
export async function* idsAtBank(
  db: Db,
  list: ListPage,
  isWanted: (merchant: Listing) => boolean = () => true,
): AsyncGenerator<string> {
  for (const merchant of (await listMerchants(db)).filter(isWanted)) {
    const page = (after: string) => list(db, merchant.id as MerchantId, after, PAGE);
    for await (const { id, isAtBank } of rowsOf(page, PAGE)) if (isAtBank) yield id;
  }
}
