import { without } from "./planned.ts";
import type { Db } from "./pool.ts";

const unsorted = <T>(view: Db, page: (view: Db) => Promise<T>) =>
  without(view, ["enable_sort"], page);

/**
 * Reads or writes a page of a walk through a table, with statements that sort nothing: rows come in
 * the order of their index, and the last of the page ends the statement. What is known of a table
 * that has grown says nothing of the rows born since: by that each page would be planned as a walk
 * through all that are left, to sort them. In a transaction of its own, or in that of `db`.
 */
export const inOrder = <T>(db: Db, page: (view: Db) => Promise<T>): Promise<T> =>
  db.kysely.isTransaction
    ? unsorted(db, page)
    : db.kysely.transaction().execute((kysely) => unsorted({ ...db, kysely }, page));
