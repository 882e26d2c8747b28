import type { Db } from "../db/pool.ts";
import type { Tx } from "../db/transaction.ts";
import type { Link } from "./link.rules.ts";
import type { Picture } from "./picture.rules.ts";

type Key = Pick<Link, "merchantId" | "id">;

export async function insertPicture(
  tx: Tx,
  { merchantId, id }: Key,
  { type, bytes }: Picture,
): Promise<void> {
  await tx
    .insertInto("link_pictures")
    .values({ merchant_id: merchantId, link_id: id, type, bytes })
    .execute();
}

export async function readPicture(
  { db }: Readonly<{ db: Db }>,
  { merchantId, id }: Key,
): Promise<Picture | undefined> {
  return db.kysely
    .selectFrom("link_pictures")
    .select(["type", "bytes"])
    .where("merchant_id", "=", merchantId)
    .where("link_id", "=", id)
    .executeTakeFirst();
}
