import type { Names } from "./payer.ts";
import { type Answer, goodCard, type TestWorld } from "./world.ts";

type Headers = Record<string, string>;
/** An offer as forms' scripts are given it. */
export type FormOffer = Readonly<{
  instalment_key: string;
  instalment: number;
  instalment_amount: number;
  total_amount: number;
  commision: number;
  desc: string;
}>;

/** Calls what the scripts of shops' pages call, as they call it. */
export function formsOf(world: Pick<TestWorld, "post" | "merchant" | "reference">) {
  const { publishableKey } = world.merchant;
  const asBrowser = (service: string, body: object, headers: Headers = {}): Promise<Answer> =>
    world.post(
      service.includes("/") ? service : `v1/paynetj/${service}`,
      { token: publishableKey, ...body },
      { authorization: `Basic ${publishableKey}`, origin: "https://shop.example", ...headers },
    );
  const auth = (more: object = {}): Promise<Answer> =>
    asBrowser("auth", { amount: 10_000, domain: "https://shop.example", ...more });
  /** A session by its name. The payer may go without 3-D Secure unless something else is said. */
  const open = async (more: object = {}): Promise<string> => {
    const { body } = await auth({ tds_required: false, ...more });
    if (body["code"] !== 0) throw new Error(`no session: ${JSON.stringify(body)}`);
    return String(body["session_id"]);
  };
  const offers = async (session_id: string, bin = "435508"): Promise<FormOffer[]> =>
    (await asBrowser("check_bin", { session_id, bin })).body["data"] as FormOffer[];
  const createToken = (session_id: string, more: object = {}): Promise<Answer> =>
    asBrowser("create_token", { session_id, ...goodCard, ...more });
  /** Names for a charge: a new session and a card in it. */
  const enter = async (more: object = {}, card: object = {}): Promise<Names> => {
    const session_id = await open(more);
    const { body } = await createToken(session_id, card);
    if (body["code"] !== 0) throw new Error(`no token: ${JSON.stringify(body)}`);
    return { session_id, token_id: String(body["token_id"]) };
  };
  const charge = (names: Names, more: object = {}, headers: Headers = {}): Promise<Answer> =>
    world.post("v1/transaction/charge", { ...names, ...more }, headers);
  return { asBrowser, auth, open, offers, createToken, enter, charge };
}
