import type { Answer, TestWorld } from "./world.ts";

/** A card as `v1/card/save` takes it: the names are not those of a payment. */
export const typedCard = {
  card_desc: "Maaş kartım",
  card_holder: "Ece Tan",
  card_number: "5571135571135575",
  expire_month: "12",
  expire_year: "2030",
};

export type Stored = Readonly<{ card_owner_id: string; card_hash: string }>;

/** What a shop's server does with stored cards. */
export function cardsOf(world: Pick<TestWorld, "post">) {
  const save = (more: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    world.post("v1/card/save", { ...typedCard, user_unique_id: "u-42", ...more }, headers);
  /** The names by which a card that is stored can be charged. */
  const stored = async (more: object = {}): Promise<Stored> => {
    const { body } = await save(more);
    if (body["code"] !== 0) throw new Error(`not stored: ${JSON.stringify(body)}`);
    const { card_owner_id, card_hash } = body as Stored;
    return { card_owner_id, card_hash };
  };
  const list = (card_owner_id: string, more: object = {}): Promise<Answer> =>
    world.post("v1/card/list", { card_owner_id, ...more });
  const listed = async (card_owner_id: string) =>
    (await list(card_owner_id)).body["Data"] as Readonly<Record<string, unknown>>[];
  const remove = (named: Stored): Promise<Answer> => world.post("v1/card/delete", named);
  return { save, stored, list, listed, remove };
}
