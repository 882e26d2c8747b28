import { newId } from "../../src/lib/id.ts";
import type { TestWorld } from "./world.ts";

/** Ends an order's next run as a bank would have it, with its words where it says no. */
export async function endOrder(world: TestWorld, guid: string, refusal = ""): Promise<void> {
  const { db, merchant, clock } = world;
  const [run, payout] = refusal ? ["refused", "failed"] : ["paid", "paid"];
  const { rowCount } = await db.pool.query(
    `with ended as (
       update payouts set state = $3, runs = runs + 1, settled_at = $4, due_at = null,
         leased_until = null
       where merchant_id = $1 and guid = $2 and state = 'queued' returning *
     )
     insert into payout_runs (merchant_id, id, payout, run, state, amount_minor, title, iban,
       bank_reference, message, opened_at, settled_at)
     select $1, $5, number, runs, $6, amount_minor, 't', 'TR00', $7, $8, $4, $4 from ended`,
    [
      ...[merchant.merchantId, guid, payout, clock(), newId("out", clock()), run],
      ...[refusal ? null : "R1", refusal],
    ],
  );
  if (rowCount !== 1) throw new Error(`The order ${guid} is not queued`);
}
