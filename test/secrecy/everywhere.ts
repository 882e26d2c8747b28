import type { z } from "zod";
import { services } from "../../src/facades/paynet/index.ts";
import { cardEntriesOf, enteredCard, SHOP_BACK } from "../support/card-entries.ts";
import { cardsOf, type Stored, typedCard } from "../support/cards.ts";
import { endUser, endUsersOf, receiptTerms } from "../support/end-users.ts";
import { formsOf } from "../support/forms.ts";
import { linkPayersOf } from "../support/link-payers.ts";
import { orderCardsOf } from "../support/order-cards.ts";
import { createOrder } from "../support/orders.ts";
import { payerOf } from "../support/payer.ts";
import { shopOrdersOf } from "../support/shop-orders.ts";
import { goodCard, type TestWorld } from "../support/world.ts";
import { orderInvoiceBodies } from "./order-invoices.ts";
import { orderBodies } from "./orders.ts";
import { CVC, escaped, grouped, PAN, written } from "./typed.ts";

type Body = Readonly<Record<string, unknown>>;

/** What is typed into members that want something else. */
const typed = [PAN, `kart ${grouped} cvc ${CVC}`] as const;

/** A request of each service that would do what it says, made anew for each time it is sent. */
function goodBodies(world: TestWorld, named: Stored): Readonly<Record<string, () => unknown>> {
  const [forms, links] = [formsOf(world), linkPayersOf(world)];
  const card = { ...goodCard, cvc: CVC };
  const save = { save_card: true, card_desc: "ana", user_unique_id: "u-wrong" };
  const order = () => ({
    amount: "10,00",
    reference_no: world.reference(),
    domain: "shop.example",
  });
  const session = async () => ({ session_id: await forms.open(save) });
  const sold = async () => ({ xact_id: (await world.pay({ cvc: CVC })).body["xact_id"] });
  const days = { datab: "2026-03-01", datbi: "2026-03-31" };
  const otp = { user_gsm: "5321119999", otp_session_id: "s-9" };
  return {
    "/v2/transaction/payment": () => ({ ...order(), ...card, ...save }),
    "/v2/transaction/tds_initial": () => ({
      ...{ ...order(), ...card, ...save },
      return_url: "https://shop.example/back",
    }),
    "/v2/transaction/tds_charge": () => forms.enter(save, card),
    "/v1/transaction/charge": () => forms.enter(save, card),
    "/v1/paynetj/auth": () => ({ amount: 1_000, ...save }),
    "/v1/paynetj/auth_update": session,
    "/v1/paynetj/check_bin": async () => ({ ...(await session()), bin: "435508" }),
    "/v1/paynetj/check_card_bin": async () => ({ ...(await session()), ...named }),
    "/v1/paynetj/create_token": async () => ({ ...(await session()), ...card }),
    "/v1/paynetj/create_card_token": async () => ({ ...(await session()), ...named }),
    "/v1/paynetj/save_card": session,
    "/v1/mailorder/create": () => ({ amount: "10,00", name_surname: "Ece Tan" }),
    "/v1/mailorder/detail": async () => ({ id: (await links.create()).body["id"] }),
    "/v1/mailorder/list": () => days,
    "/v1/mailorder/status_update": async () => ({
      id: (await links.create()).body["id"],
      status: 3,
    }),
    "/v1/ratio/get": () => ({ bin: "435508", amount: 1_000 }),
    "/v1/ratio/get_public": () => ({ bin: "435508", amount: 1_000 }),
    "/v1/transaction/capture": sold,
    "/v1/transaction/check": sold,
    "/v1/transaction/detail": sold,
    "/v1/transaction/list": () => days,
    "/v1/transaction/reversed_request": sold,
    "/v1/transaction/reversal_list": () => days,
    "/v1/transaction/preauth_reversal": sold,
    "/v1/transaction/capture_reversal": sold,
    "/v1/card/save": () => ({ ...typedCard, user_unique_id: "u-wrong", cvv: CVC }),
    "/v1/card/delete": () => cardsOf(world).stored({ user_unique_id: "u-gone" }),
    "/v1/card/desc_update": () => ({ ...named, card_desc: "ana" }),
    "/v1/card/list": () => ({ card_owner_id: named.card_owner_id }),
    "/v1/card/send_otp": () => otp,
    "/v1/card/check_otp": () => ({ ...otp, otp_code: "2222" }),
    "/v2/agent/create_end_user_receipt_otp": () => ({ phoneNumber: endUsersOf(world).newPhone() }),
    ...orderBodies(world),
    ...orderCardBodies(world),
    ...orderInvoiceBodies(world),
  };
}

/** The same of the services of cards that are on regular payment orders. */
function orderCardBodies(world: TestWorld): Readonly<Record<string, () => unknown>> {
  const path = "/v1/subscription/card_info";
  const { orderWith } = orderCardsOf(world);
  const named = async (cards: number) => {
    const { order, cards: numbers } = await orderWith(cards);
    return { subscription_id: order.id, card_id: numbers[0] };
  };
  return {
    [`${path}_list`]: () => named(1),
    [`${path}_label_update`]: async () => ({ ...(await named(1)), label: "ana" }),
    [`${path}_delete`]: () => named(2),
    [`${path}_link_to_subscription`]: () => named(1),
    [`${path}_arrange`]: async () => {
      const { subscription_id, card_id } = await named(2);
      return { subscription_id, card_information: [{ card_id, order_no: 1 }] };
    },
    [`${path}_filter`]: () => ({ label: "ana" }),
    "/v1/subscription/create_card_tds_initial": async () => ({
      ...{ ...enteredCard, pan: PAN, cvv: CVC, return_url: SHOP_BACK, label: "ana" },
      subscription_id: (await createOrder(world)).id,
    }),
    "/v1/subscription/create_card_tds_confirm": async () => {
      const named = { subscription_id: (await createOrder(world)).id };
      return (await cardEntriesOf(world).back(named, { pan: PAN, cvv: CVC })).names;
    },
  };
}

const membersOf = (body: z.ZodType): string[] =>
  Object.keys((body as unknown as { shape: object }).shape);

/** A number in every member of every service; `sent` is how many requests that were. */
async function inEveryMember(world: TestWorld): Promise<{ sent: number }> {
  const named = await cardsOf(world).stored({ user_unique_id: "u-wrong" });
  const bodies = goodBodies(world, named);
  let sent = 0;
  for (const { path, body, keys } of services) {
    const good = bodies[path];
    if (!good) throw new Error(`${path} has no good request here`);
    const { publishableKey, secretKey } = world.merchant;
    const key = keys?.[0] === "publishable" ? publishableKey : secretKey;
    const headers = { authorization: `Basic ${key}` };
    for (const member of membersOf(body)) {
      for (const text of typed) {
        await world.post(path.slice(1), { ...((await good()) as Body), [member]: text }, headers);
        sent += 1;
      }
    }
  }
  return { sent };
}

/** The members that count only beside the code of a receipt. */
async function inReceipts(world: TestWorld): Promise<void> {
  for (const member of [...Object.keys(endUser), "end_user_phone", "otp_code"]) {
    const asked = await endUsersOf(world).asked();
    await world.pay({ ...asked, cvc: CVC, [member]: member === "otp_code" ? PAN : `a ${grouped}` });
    await world.pay({ ...asked, ...receiptTerms, cvc: CVC });
  }
}

/** Where requests have texts beside their members. */
async function aroundTheBody(world: TestWorld): Promise<void> {
  const { post, pay } = world;
  const held = await pay({ transaction_type: 3, cvc: CVC });
  const xact = { xact_id: held.body["xact_id"] };
  for (const name of ["idempotency-key", "x-request-id", "accept-language", "user-agent"]) {
    await pay({ cvc: CVC }, { [name]: PAN });
    await post("v1/transaction/capture", xact, { [name]: PAN });
    await post("v1/mailorder/create", { amount: "10" }, { [name]: PAN });
  }
  const { secretKey, publishableKey } = world.merchant;
  for (const key of [PAN, `${secretKey}x`, secretKey.slice(0, -1), publishableKey]) {
    for (const scheme of ["Basic ", "Bearer ", ""]) {
      await pay({}, { authorization: scheme + key });
    }
  }
  // In the letters that the id of a request may have.
  await pay({}, { "x-request-id": secretKey.replaceAll(/[+/=]/g, "") });
  await pay({ [PAN]: "as a name" });
  await pay({ pan: `${PAN}0`, card_holder: "Ece" });
  await pay({ pan: Number(PAN), cvc: Number(CVC) });
  await pay({ pan: [PAN], card_holder: { pan: PAN } });
  await post(`v2/transaction/${PAN}`, {});
  await post(`v2/transaction/payment?pan=${PAN}`, {});
  await post("v2/transaction/payment", `{"pan":"${PAN}","cvc":"${CVC}",`);
  await post("v2/transaction/payment", `{"${PAN}":1,"${PAN}":2}`);
  await post("v2/transaction/payment", `<pan>${PAN}</pan>`, { "content-type": "text/xml" });
  await post("v2/transaction/payment", `pan=${PAN}`, { "content-type": "text/plain" });
  await post("v2/transaction/payment", `note=${PAN}`, { "content-type": `x/${PAN}` });
}

/** The pages of a card, asked for and posted to with numbers in the place of everything. */
async function inCardPages(world: TestWorld): Promise<void> {
  const payer = payerOf(world);
  const { url: linkUrl } = (await linkPayersOf(world).create()).body;
  const form = `${world.url}/v1/paynetjgate/form?session_id=${await formsOf(world).open()}`;
  const fields = { pan: PAN, expiry: "12/30", cvc: CVC, card_holder: "Ece Tan", do_3ds: "1" };
  for (const page of [form, `${linkUrl}?lang=tr`]) {
    for (const name of ["lang", "note", "token_id", PAN]) await payer.get(`${page}&${name}=${PAN}`);
    for (const name of [...Object.keys(fields), "instalment_key", "note"]) {
      for (const text of typed) {
        await payer.submit({ action: page, fields: { ...fields, [name]: text } });
      }
    }
    const bin = page.replace("/form?", "/bin?").replace("?lang", "/bin?lang");
    await fetch(bin, { method: "POST", body: JSON.stringify({ bin: PAN }) });
  }
}

/** The way to the bank and back, whatever the browser says on it. */
async function onTheWay(world: TestWorld): Promise<void> {
  const payer = payerOf(world);
  const started = await payer.start({ cvc: CVC });
  const { session_id, token_id, post_url } = started.body as Record<string, string>;
  for (const names of [
    `session_id=${PAN}&token_id=${PAN}`,
    `session_id=${session_id}&token_id=${PAN}`,
    `session_id=${session_id}&token_id=${token_id}&cvc=${PAN}`,
  ]) {
    await payer.get(`${world.url}/v1/paynetjgate/tds?${names}`);
  }
  await payer.get(`${post_url}&lang=${PAN}`);
  const back = `${world.url}/v1/paynetjgate/return`;
  const said = { mdStatus: PAN, mdErrorMsg: `kart ${grouped}`, ErrMsg: PAN, oid: PAN, HASH: "x" };
  for (const names of [`${session_id}/${token_id}`, `${PAN}/${PAN}`]) {
    for (const gap of [" ", ".", "-", ""]) {
      const mdErrorMsg = said.mdErrorMsg.replaceAll(" ", gap);
      const words = { mdErrorMsg, ErrMsg: "" };
      await payer.submit({ action: `${back}/${names}`, fields: { ...said, ...words } });
      await payer.submit({ action: `${back}/${names}`, fields: words });
    }
  }
}

/** Addresses that lead to nothing, and one that leads to a page. */
async function inPaths(world: TestWorld): Promise<void> {
  const payer = payerOf(world);
  for (const path of [
    `po/${PAN}/${PAN}`,
    `po/10001/${PAN}`,
    `receipt/${PAN}`,
    `public/${PAN}.js`,
    `public/banks/${PAN}.svg`,
    `${PAN}?pan=${PAN}`,
  ]) {
    await payer.get(`${world.url}/${path}`);
  }
  const query = new URLSearchParams({ amount: "10,00", note: PAN, name_surname: grouped });
  query.set("public_key", world.merchant.publishableKey);
  await payer.get(`${world.url}/v1/mailorder/create?${query}`);
  query.set("reference_no", PAN);
  await payer.get(`${world.url}/v1/mailorder/create?${query}`);
}

/** Where shops are told and payers are sent; such an address can tell a number in several ways. */
async function inAddresses(world: TestWorld): Promise<void> {
  for (const number of [...written, ...escaped]) {
    const address = `https://shop.example/back?no=${number}`;
    await payerOf(world).start({ cvc: CVC, return_url: address });
    await linkPayersOf(world).create({ succeed_url: address });
    await shopOrdersOf(world).create({ confirmation_redirect_url: address });
  }
  for (const number of written) {
    const note = `kart: ${number}.`;
    await linkPayersOf(world).create({ note });
    await shopOrdersOf(world).create({ end_user_desc: note, send_mail: true, send_sms: true });
  }
}

/** Numbers and codes wherever they do not belong. Gives the number of requests to services. */
export async function typeEverywhere(world: TestWorld): Promise<{ sent: number }> {
  const { sent } = await inEveryMember(world);
  await inReceipts(world);
  await aroundTheBody(world);
  await inCardPages(world);
  await onTheWay(world);
  await inPaths(world);
  await inAddresses(world);
  return { sent };
}
