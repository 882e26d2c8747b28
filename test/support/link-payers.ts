import {
  comeBack,
  type FoundTry,
  findTry,
  finish,
  handleOf,
  openLinkPage,
  sessionForLink,
  tryCard,
} from "../../src/checkout/index.ts";
import type { MerchantId } from "../../src/lib/id.ts";
import { Secret } from "../../src/lib/secret.ts";
import { listMessages } from "../../src/messaging/index.ts";
import type { PaymentDetails } from "../../src/payments/index.ts";
import { readCard } from "../../src/vault/card.rules.ts";
import { payerOf } from "./payer.ts";
import { type Answer, goodCard, type TestWorld } from "./world.ts";

type Entered = Readonly<{ instalments?: number; details?: PaymentDetails }>;

const HERE = "203.0.113.9";

function cardAt(now: Date) {
  const { pan, cvc, month, year, card_holder: holder } = goodCard;
  const typed = { pan: new Secret(pan), cvv: new Secret(cvc), month, year, holder };
  return readCard(typed, now, true);
}

/** A payer's steps: the page, a card, the bank's page, the charge. */
function stepsOf(world: TestWorld) {
  const payer = payerOf(world);
  const { checkout, ring } = world.deps;
  /** A payer comes to the page. */
  async function come(id: unknown) {
    const found = await openLinkPage(checkout, { companyCode: "10001", id: String(id) });
    const session = await sessionForLink(checkout, found.merchant, found.link);
    return { merchant: found.merchant, session };
  }
  const enter = (came: Awaited<ReturnType<typeof come>>, more: Entered = {}): Promise<FoundTry> =>
    tryCard(checkout, came, {
      card: cardAt(world.clock()),
      instalments: more.instalments ?? 0,
      wants3d: false,
      savesCard: false,
      details: more.details,
    });
  /**
   * To the bank's page and back: the try as it then is. Its return is read beside the page that
   * would charge it at once, so that the charge is left to the caller.
   */
  async function authenticate({ session, token }: FoundTry): Promise<FoundTry> {
    const session_id = handleOf(ring, session);
    const query = new URLSearchParams({ session_id, token_id: token.guid });
    const sid = await payer.toBank(`${world.url}/v1/paynetjgate/tds?${query}`);
    const { posts } = await payer.resolve(sid, { result: "approve" });
    const { action, body } = posts.at(-1)!;
    const lang = new URL(action).pathname.split("/").at(-1);
    const found = await findTry(checkout, session_id, token.guid);
    await comeBack(checkout, found, { bytes: Buffer.from(body), lang });
    return findTry(checkout, session_id, token.guid);
  }
  const complete = async (found: FoundTry) =>
    (await finish(checkout, found, { clientIp: HERE })).done;
  return { come, enter, authenticate, complete };
}

/** Makes links as shops do, and walks the ways of their payers. */
export function linkPayersOf(world: TestWorld) {
  const steps = stepsOf(world);
  const create = (more: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    world.post("v1/mailorder/create", { name_surname: "Ece Tan", amount: "100", ...more }, headers);
  const show = async (id: unknown) => (await world.post("v1/mailorder/detail", { id })).body;
  const setStatus = (id: unknown, status: number) =>
    world.post("v1/mailorder/status_update", { id, status });
  /** Up to the charge, which is left to the caller. */
  const prepare = async (id: unknown, more: Entered = {}) =>
    steps.authenticate(await steps.enter(await steps.come(id), more));
  /** The whole way of one payer. */
  const pay = async (id: unknown, more: Entered = {}) => steps.complete(await prepare(id, more));
  const messages = () =>
    listMessages(world.db.kysely, world.merchant.merchantId as MerchantId, { limit: 100 });
  return { ...steps, create, show, setStatus, prepare, pay, messages };
}
