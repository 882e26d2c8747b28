import { type Names, type Page, payerOf, type Resolved } from "./payer.ts";
import type { Answer, TestWorld } from "./world.ts";

/** A card as the service takes it: `cvv`, and a year of two digits. */
export const enteredCard = { pan: "5571135571135575", month: "12", year: "30", cvv: "000" };

export const SHOP_BACK = "http://127.0.0.1:9/shop/card";

const namesOf = ({ body }: Answer): Names => ({
  session_id: String(body["session_id"]),
  token_id: String(body["token_id"]),
});

/** What a merchant's server and its payers do to add cards to orders. */
export function cardEntriesOf(world: TestWorld) {
  const payer = payerOf(world);
  const start = (named: object, more: object = {}, headers: Record<string, string> = {}) =>
    world.post(
      "v1/subscription/create_card_tds_initial",
      { return_url: SHOP_BACK, ...enteredCard, ...named, ...more },
      headers,
    );
  const confirm = (names: Names, headers: Record<string, string> = {}): Promise<Answer> =>
    world.post("v1/subscription/create_card_tds_confirm", names, headers);
  /** Up to the bank's answer, which is still to be sent. */
  async function answered(
    named: object,
    more: object = {},
    asked: object = { result: "approve" },
  ): Promise<{ names: Names; resolved: Resolved }> {
    const started = await start(named, more);
    if (started.body["code"] !== 0) throw new Error(JSON.stringify(started.body));
    const sid = await payer.toBank(String(started.body["post_url"]));
    return { names: namesOf(started), resolved: await payer.resolve(sid, asked) };
  }
  /** Up to the merchant's own page: what is left is `confirm`. */
  async function back(
    named: object,
    more: object = {},
    asked?: object,
  ): Promise<{ names: Names; page: Page }> {
    const { names, resolved } = await answered(named, more, asked);
    return { names, page: await payer.comeBack(resolved) };
  }
  /** The whole way: the answer of `confirm`. */
  async function enter(named: object, more: object = {}): Promise<Answer> {
    return confirm((await back(named, more)).names);
  }
  /** The numbers by which the bank knows the holds that checked cards, oldest first. */
  async function holds(): Promise<string[]> {
    const rows = await world.db.kysely
      .selectFrom("payments")
      .select("id")
      .where("reference", "like", "CARDCHECK-%")
      .orderBy("id")
      .execute();
    return rows.map(({ id }) => id.slice("pay_".length));
  }
  return { payer, start, confirm, answered, back, enter, holds, namesOf };
}
