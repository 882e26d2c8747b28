import type { Db } from "../db/pool.ts";
import type { Clock } from "../lib/clock.ts";
import { refuse, refuseMarket } from "../lib/refusal.ts";
import { type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { findEither, type MemberName, pageOfMembers } from "./members.store.ts";
import { type WholeMember, wholeMembers } from "./whole-members.ts";

type Deps = Readonly<{ db: Db; clock: Clock }>;

const PAGE_MAX = 100;

/**
 * One member by its number or its external id. Clients send headers of their earlier calls along,
 * so of two names one may be nobody's any more; each of another member tells nothing. Refuses
 * `member_not_named`, `member_names_differ` and, also for one who is gone or somebody else's,
 * `member_not_found`.
 */
export async function findMember(
  { db, clock }: Deps,
  merchant: Merchant,
  name: MemberName,
): Promise<WholeMember> {
  if (name.number === undefined && name.externalId === undefined) {
    return refuseMarket("member_not_named");
  }
  const [member, another] = await findEither(db.kysely, merchant.id, name);
  if (!member) return refuseMarket("member_not_found");
  if (another) return refuseMarket("member_names_differ");
  const now = timeOf(merchant, clock());
  const [whole] = await wholeMembers(db.kysely, merchant.id, [member], now);
  return whole!;
}

/** A page of the living members, oldest first. Refuses `invalid_input` for more than 100. */
export async function listMembers(
  { db, clock }: Deps,
  merchant: Merchant,
  page: Readonly<{ start: number; length: number }>,
): Promise<WholeMember[]> {
  const wrong = (field: string) => refuse("invalid_input", { field, problem: "out_of_range" });
  if (page.start < 0) wrong("start");
  if (page.length < 1 || page.length > PAGE_MAX) wrong("length");
  const members = await pageOfMembers(db.kysely, merchant.id, page);
  return wholeMembers(db.kysely, merchant.id, members, timeOf(merchant, clock()));
}
