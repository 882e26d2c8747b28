import type { Names } from "./payer.ts";
import type { TestWorld } from "./world.ts";

type Asked = Readonly<{ op: string; answer: string }>;

/** What a world knows of the tries of its payers, by their names. */
export function triesOf(world: Pick<TestWorld, "db" | "bank">) {
  /** A try as it is stored. */
  const rowOf = ({ token_id }: Pick<Names, "token_id">) =>
    world.db.kysely
      .selectFrom("checkout_tokens")
      .selectAll()
      .where("guid", "=", token_id)
      .executeTakeFirstOrThrow();
  /** The order by which the bank knows it. */
  const orderOf = async (names: Pick<Names, "token_id">): Promise<string> =>
    (await rowOf(names)).payment_id.slice("pay_".length);
  /** What reached the bank for it, beside the steps of its 3-D page. */
  const askedOf = async (names: Pick<Names, "token_id">): Promise<string[]> => {
    const { requests } = await world.bank.admin("GET", `/requests?orderNo=${await orderOf(names)}`);
    return (requests as Asked[]).map(({ op }) => op).filter((op) => op !== "3d");
  };
  return { rowOf, orderOf, askedOf };
}
