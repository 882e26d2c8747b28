import type { Db } from "../db/pool.ts";
import type { Reader } from "../db/transaction.ts";
import type { Clock } from "../lib/clock.ts";
import type { NextNumber } from "../merchants/index.ts";
import type { Member } from "./member.rules.ts";

/** What the room of members needs from outside. */
export type MembersDeps = Readonly<{
  db: Db;
  clock: Clock;
  /** Gives the integers that the wire shows. */
  next: Readonly<Record<"member" | "account" | "value_date", NextNumber>>;
  /** Whether a later room has something of a member's that nobody has paid. */
  isDue(db: Reader, member: Pick<Member, "merchantId" | "number">): Promise<boolean>;
}>;
