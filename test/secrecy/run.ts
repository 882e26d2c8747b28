import type { MerchantId } from "../../src/lib/id.ts";
import { rotate } from "../../src/vault/index.ts";
import { bankPaysIn } from "../support/bank-pays.ts";
import { cardsOf, type Stored } from "../support/cards.ts";
import { lastCode } from "../support/codes.ts";
import { endUsersOf } from "../support/end-users.ts";
import { formsOf } from "../support/forms.ts";
import { runJobs } from "../support/jobs.ts";
import { linkPayersOf } from "../support/link-payers.ts";
import { type Names, type PageForm, payerOf } from "../support/payer.ts";
import type { Shop } from "../support/shop.ts";
import { type Answer, createWorld, DAY_MS, goodCard, type TestWorld } from "../support/world.ts";
import { CVC, OTHER } from "./typed.ts";

const MINUTE_MS = 60_000;
const PHONE = "5321112233";
const card = { ...goodCard, cvc: CVC };

/** A system with a second process on its database, and a shop that is told what happens. */
export type Stage = Readonly<{ world: TestWorld; second: TestWorld; shop: Shop }>;
/** The codes that payers read from their text messages. */
export type Codes = string[];

/** Money moves, is refused, and is in doubt. */
async function withoutBankPage({ world, shop }: Stage): Promise<void> {
  const pay = (more: object = {}) => world.pay({ cvc: CVC, ...more });
  const paid = await pay({ reference_no: "SOLD" });
  const held = await pay({ transaction_type: 3, pan: OTHER });
  await world.post("v1/transaction/capture", { xact_id: held.body["xact_id"], amount: "5000" });
  await pay({ amount: "7000,51" });
  await pay({ cvc: "999" });
  await pay({ reference_no: "SOLD" });
  for (const [action, reference_no] of [
    ["reset_after_commit", "LOST"],
    ["reset_before_commit", "NEVER"],
  ] as const) {
    await world.bank.fault(action, { op: "sale" });
    await pay({ reference_no });
  }
  await world.advance(DAY_MS);
  const back = { xact_id: paid.body["xact_id"], amount: "1000", succeedUrl: `${shop.url}/back` };
  await world.post("v1/transaction/reversed_request", back);
  for (const service of ["check", "detail"]) {
    await world.post(`v1/transaction/${service}`, { reference_no: "SOLD" });
  }
  const days = { datab: "2026-03-01", datbi: "2026-03-31", limit: 100, show_unsucceed: true };
  await world.post("v1/transaction/list", days);
  await world.post("v1/transaction/reversal_list", days);
}

/** Payers at their bank: yes, no, forged, late, doubled, doubtful. */
async function byBankPage({ world }: Stage): Promise<void> {
  const payer = payerOf(world);
  const start = (more: object = {}) => payer.start({ cvc: CVC, ...more });
  const go = async (asked: object, more: object = {}) => {
    const { names } = await payer.goThrough(await start(more), asked);
    await payer.charge(names);
    await payer.charge(names);
  };
  const save = { save_card: true, ...owner("u-3d") };
  await go({ result: "approve" }, save);
  await go({ result: "approve" }, { transaction_type: 3, pan: OTHER });
  await go({ result: "approve" }, { amount: "7.001,51" });
  await go({ result: "reject" });
  for (const option of ["wrong_hash", "no_hash", "wrong_amount", "other_store"]) {
    await go({ result: "approve", options: [option] });
  }
  await world.bank.fault("reset_after_commit", { op: "sale" });
  await go({ result: "approve" }, { reference_no: "LOST-3D" });
  await world.advance(MINUTE_MS);
  const late = await start();
  const { session_id, token_id, post_url } = late.body as Names & { post_url: string };
  const resolved = await payer.resolve(await payer.toBank(post_url), { result: "approve" });
  await payer.get(post_url);
  await world.advance(20 * MINUTE_MS);
  await payer.comeBack(resolved);
  await payer.charge({ session_id, token_id });
}

/** Where the bank's own page takes the money: claimed, refused, forged, and never asked for. */
async function byBankThatPays({ world }: Stage): Promise<void> {
  const bank = bankPaysIn(world);
  await bank.change({ threeDModel: "3d_pay" });
  const go = async (asked: object, more: object = {}) => {
    const { names } = await bank.through(asked, { cvc: CVC, ...more });
    await bank.payer.charge(names);
  };
  await go({ result: "approve" }, { pan: OTHER, save_card: true, ...owner("u-3d-pay") });
  await go({ result: "approve", issuerCode: "51" });
  await go({ result: "reject" });
  await go({ result: "approve", options: ["wrong_hash"] });
  await bank.through({ result: "approve" }, { cvc: CVC });
  await bank.pass(21 * MINUTE_MS);
  await bank.change({ threeDModel: "3d" });
}
const owner = (user_unique_id: string) => ({ user_unique_id, card_desc: "ana" });

/** The process that knew a security code has ended: the payer types it once more. */
async function afterARestart({ world, second }: Stage): Promise<void> {
  const payer = payerOf(world);
  const { body } = await payer.start({ cvc: CVC });
  const names = { session_id: String(body["session_id"]), token_id: String(body["token_id"]) };
  const asked = await payer.get(`${second.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}`);
  const form = { ...asked.form, action: `${second.url}/v1/paynetjgate/tds` } as PageForm;
  if (form.fields["session_id"] !== names.session_id) throw new Error(`no code: ${asked.text}`);
  const typed = (cvc: string) => payer.submit({ ...form, fields: { ...form.fields, cvc } });
  await typed("73");
  const gate = await typed(CVC);
  if (!gate.form?.action.startsWith(world.bank.url)) throw new Error(`no way: ${gate.text}`);
  const page = await payer.submit(gate.form);
  const sid = /\/acs\/([\w-]+)/.exec(page.url)![1]!;
  await payer.comeBack(await payer.resolve(sid, { result: "approve" }));
  await payer.charge(names);
}

/** What scripts of shops' pages ask for, and the page of the ready form. */
async function byForms({ world }: Stage): Promise<void> {
  const [forms, payer] = [formsOf(world), payerOf(world)];
  const owner = { user_unique_id: "u-form", card_desc: "form kartı" };
  const names = await forms.enter({ ...owner, save_card: true }, card);
  await forms.charge(names);
  await forms.charge(names);
  const session_id = await forms.open({ ...owner, tds_required: true });
  await forms.offers(session_id);
  await forms.asBrowser("auth_update", { session_id, amount: 12_000 });
  await forms.asBrowser("save_card", { session_id, card_desc: "yeni adı" });
  const { body } = await forms.createToken(session_id, { ...card, do_3ds: true });
  const way = new URLSearchParams({ session_id, token_id: String(body["token_id"]) });
  const started = { ...body, session_id, post_url: `${body["post_url"]}?${way}` };
  await payer.goThrough({ body: started } as unknown as Answer);
  await forms.charge({ session_id, token_id: String(body["token_id"]) });
  await forms.createToken(session_id, { ...card, pan: "4355084355084359" });

  const page = `${world.url}/v1/paynetjgate/form?session_id=${await forms.open()}`;
  await payer.get(page);
  const fields = { pan: OTHER, expiry: "12/30", cvc: CVC, card_holder: "Ece Tan" };
  await payer.submit({ action: page, fields: { ...fields, cvc: "7" } });
  await payer.submit({ action: page, fields: { ...fields, do_3ds: "1" } });
  await payer.submit({ action: page, fields });
}

/** Links by the page that payers see, to the end on which they read what they have paid. */
async function byLinks({ world, shop }: Stage): Promise<void> {
  const [links, payer] = [linkPayersOf(world), payerOf(world)];
  const told = { confirmation_url: `${shop.url}/told`, email: "ece@shop.example" };
  const letters = { send_mail: true, send_confirmation_mail: true, phone: PHONE, send_sms: true };
  const made = async (more: object = {}) => (await links.create({ ...told, ...more })).body;
  const fields = { pan: OTHER, expiry: "12 / 2030", cvc: CVC, card_holder: "Ece Tan" };
  const enter = async (url: unknown) => {
    await payer.get(`${url}`);
    const gate = await payer.submit({ action: `${url}`, fields });
    const page = await payer.submit(gate.form!);
    return /\/acs\/([\w-]+)/.exec(page.url)![1]!;
  };
  for (const result of ["approve", "reject"]) {
    const { url } = await made({ ...letters, note: "Mart" });
    await payer.comeBack(await payer.resolve(await enter(url), { result }));
    await payer.get(`${url}`);
  }
  const { url, id } = await made({ succeed_url: `${world.url}/healthz`, multi_payment: true });
  await payer.comeBack(await payer.resolve(await enter(url), { result: "approve" }));
  await links.show(id);
  await links.setStatus(id, 3);
  await payer.get(`${url}`);
  const days = { datab: "2026-03-01", datbi: "2026-03-31" };
  await world.post("v1/mailorder/list", days);
}

/** Cards that are stored with a code, checked, listed, charged and forgotten. */
async function storedCards({ world }: Stage, codes: Codes): Promise<void> {
  const cards = cardsOf(world);
  const otp = { user_gsm: PHONE, otp_session_id: "s-1" };
  await world.post("v1/card/send_otp", otp);
  const otp_code = await lastCode(world, PHONE);
  codes.push(otp_code);
  await world.post("v1/card/check_otp", { ...otp, otp_code: "2222" });
  await world.post("v1/card/check_otp", { ...otp, otp_code });
  const { body } = await cards.save({ ...otp, otp_code, cvv: CVC });
  const named = { card_owner_id: body["card_owner_id"], card_hash: body["card_hash"] } as Stored;
  await cards.save({ cvv: "999" });
  await cards.list(named.card_owner_id);
  await world.post("v1/card/desc_update", { ...named, card_desc: "iş kartı" });
  const byHash = { pan: "", month: "", year: "", card_holder: "", cvc: "", ...named };
  await world.pay(byHash);
  await rotate(world.deps, world.merchant.merchantId as MerchantId);
  await world.pay({ ...byHash, cvc: CVC });
  const payer = payerOf(world);
  const { names } = await payer.goThrough(await payer.start(byHash));
  await payer.charge(names);
  const session_id = await formsOf(world).open();
  await formsOf(world).asBrowser("check_card_bin", { session_id, ...named });
  await formsOf(world).asBrowser("create_card_token", { session_id, ...named });
  await cards.remove(named);
}

/** Payments with a receipt, whose end user reads it. */
async function receipts({ world }: Stage, codes: Codes): Promise<void> {
  const users = endUsersOf(world);
  const asked = await users.asked();
  codes.push(asked.otp_code);
  await world.pay({ ...asked, cvc: CVC });
  await world.pay({ ...asked, cvc: CVC });
  const letters = await linkPayersOf(world).messages();
  const address = letters
    .flatMap(({ body }) => /http\S+\/receipt\/\S+/.exec(body) ?? [])
    .map((found) => found.toString());
  for (const url of new Set(address)) await payerOf(world).get(url);
}

/** Everything that the product does with cards, on good days and on bad ones. */
export async function goodAndBadDays(stage: Stage, codes: Codes): Promise<void> {
  await withoutBankPage(stage);
  await byBankPage(stage);
  await byBankThatPays(stage);
  await afterARestart(stage);
  await byForms(stage);
  await byLinks(stage);
  await storedCards(stage, codes);
  await receipts(stage, codes);
  await runJobs(stage.world);
  await stage.world.advance(DAY_MS);
}

/** The second world is another process of the same system, as it is after a restart. */
export async function openStage(shop: Shop): Promise<Stage> {
  const world = await createWorld();
  const merchant = { companyCode: "10009" };
  const second = await createWorld({ database: world.database, merchant });
  return { world, second, shop };
}
