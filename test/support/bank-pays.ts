import { ver3Hash } from "../../src/acquirers/nestpay/hash.rules.ts";
import { giveBackDue } from "../../src/checkout/index.ts";
import { inTx } from "../../src/db/transaction.ts";
import { demoMerchant } from "../../src/main/demo.ts";
import { type SecureChange, setSecure } from "../../src/merchants/index.ts";
import { bankOrder, liveCharges } from "../faults/hands.ts";
import { type Names, payerOf, type Resolved } from "./payer.ts";
import { triesOf } from "./tries.ts";
import type { TestWorld } from "./world.ts";

export const MINUTE_MS = 60_000;
type Fields = Record<string, string>;

/** A world whose default contract lets the bank's page take the money, and its payers. */
export function bankPaysIn(world: TestWorld) {
  const payer = payerOf(world);
  const tries = triesOf(world);
  const change = async (how: SecureChange) => {
    const { merchantId } = world.merchant;
    await inTx(world.db, (tx) => setSecure(tx, merchantId, "AXSS", how));
    world.deps.reception.forgetAll();
  };
  const toPage = async (more: object = {}) => {
    const started = await payer.start(more);
    const { session_id, token_id, post_url } = started.body as Names & { post_url: string };
    const names: Names = { session_id, token_id };
    return { names, sid: await payer.toBank(post_url) };
  };
  /** Where the bank's page has ended, and its return is still to be sent. */
  const ended = async (asked: object = { result: "approve" }, more: object = {}) => {
    const { names, sid } = await toPage(more);
    return { names, resolved: await payer.resolve(sid, asked) };
  };
  /** The whole way: names for the charge, and the last page. */
  const through = async (asked?: object, more?: object) => {
    const { names, resolved } = await ended(asked, more);
    return { names, resolved, page: await payer.comeBack(resolved) };
  };
  /** Signs a return as the bank of the default contract would. */
  const signed = ({ HASH: _, ...fields }: Fields): Fields => {
    const [pos] = demoMerchant(world.bank.url).pos;
    return { ...fields, HASH: ver3Hash(fields, pos!.storeKey) };
  };
  const sendBack = (resolved: Resolved, fields: Fields) =>
    payer.submit({ action: resolved.action!, fields });
  /** Gives back what nobody asked for in time; what fails is thrown. */
  const giveBack = () =>
    giveBackDue(world.deps.payments, (error) => {
      throw error;
    });
  /** Moves the clocks and does all that fell due. */
  const pass = async (ms: number) => {
    await world.advance(ms);
    return giveBack();
  };
  const orderAtBank = async (names: Names) => bankOrder(world, await tries.orderOf(names));
  const standing = async (names: Names) => liveCharges(world, await tries.orderOf(names));
  return {
    ...{ payer, tries, change, toPage, ended, through, signed, sendBack, giveBack, pass },
    ...{ orderAtBank, standing },
  };
}
