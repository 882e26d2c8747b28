import { randomUUID } from "node:crypto";
import { inTx, type Tx } from "../db/transaction.ts";
import { checkAddress } from "../lib/address.ts";
import type { MerchantId } from "../lib/id.ts";
import { type Currency, money } from "../lib/money.ts";
import { refuse, refuseMarket } from "../lib/refusal.ts";
import { type Keyring, keyedHash } from "../lib/seal.ts";
import { type Agent, type Merchant, timeOf } from "../merchants/merchant.rules.ts";
import { linkLetter, linkSms, write } from "../messaging/index.ts";
import { checkEmail, checkPhone } from "../messaging/recipient.rules.ts";
import { checkReference, type Receipt } from "../payments/index.ts";
import type { CheckoutDeps } from "./deps.ts";
import { expiryOf, type Link, type LinkTerms } from "./link.rules.ts";
import { insertLink, readLink } from "./link.store.ts";
import { insertNumberedLink, type NumberedLink } from "./numbered-links.store.ts";
import type { Picture } from "./picture.rules.ts";
import { insertPicture } from "./picture.store.ts";
import { insertStock } from "./stock.store.ts";

export type LinkAsk = Readonly<{
  amountMinor: bigint;
  currency: Currency;
  agent?: Agent | undefined;
  /** Absent, the link's own id is the reference. */
  reference?: string | undefined;
  isMulti: boolean;
  terms: Omit<LinkTerms, "agentCode" | "agentName" | "askHash">;
  receipt?: Receipt | undefined;
  picture?: Picture | undefined;
  /** How a wire names it. */
  numbered?: Omit<NumberedLink, "linkId"> | undefined;
  /** How many it may sell. */
  stock?: number | undefined;
  /** What a later room stores with it. */
  beside?: ((tx: Tx, link: Link) => Promise<void>) | undefined;
}>;
export type MadeLink = Readonly<{ link: Link; url: string }>;

/** Where payers find the page of a link. */
export const LINK_PATH = "/po";
export const linkUrl = (deps: CheckoutDeps, merchant: Merchant, { id }: Pick<Link, "id">): string =>
  `${deps.publicUrl()}${LINK_PATH}/${encodeURIComponent(merchant.companyCode)}/${id}`;

/**
 * A link of a request that may be sent again has an id that follows from its key, and that nobody
 * can work out without ours: the second request runs into the first one's row.
 */
function idOf(ring: Keyring, merchant: MerchantId, receipt: Receipt | undefined): string {
  if (!receipt) return randomUUID();
  const hash = keyedHash(ring.handles, `link:${merchant}:${receipt.requestKey}`);
  // The marks of a GUID whose bits its maker chose.
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, i) => hex.slice(cuts[i], end))
    .join("-");
}

/**
 * The names of the wire, since these are what callers read: an address that cannot be written to,
 * or gone to, is told while somebody can mend it.
 */
function checkTerms(merchant: Merchant, terms: LinkAsk["terms"]): LinkAsk["terms"] {
  const address = (field: string, text: string | undefined) =>
    text === undefined ? undefined : checkAddress(field, text, merchant);
  const needed = (field: string, text: string | undefined) =>
    text ?? refuse("invalid_input", { field, problem: "missing" });
  const { email, phone, sendMail, sendSms, sendConfirmationMail } = terms;
  const isMailed = sendMail || (sendConfirmationMail && email !== undefined);
  return {
    ...terms,
    email: isMailed ? checkEmail("email", needed("email", email)) : email,
    phone: sendSms ? checkPhone("phone", needed("phone", phone)) : phone,
    succeedUrl: address("succeed_url", terms.succeedUrl),
    errorUrl: address("error_url", terms.errorUrl),
    confirmationUrl: address("confirmation_url", terms.confirmationUrl),
    callbackUrl: address("callback_url", terms.callbackUrl),
  };
}

/** Refuses `checkout_code_taken` for a code that another link has. */
async function nameLink(tx: Tx, { merchantId, id }: Link, numbered: LinkAsk["numbered"]) {
  if (!numbered) return;
  const isNamed = await insertNumberedLink(tx, merchantId, { ...numbered, linkId: id });
  if (!isNamed) refuseMarket("checkout_code_taken");
}

/** Writes the address to the payer, as it was asked for. */
async function invite(tx: Tx, merchant: Merchant, { link, url }: MadeLink): Promise<void> {
  const { terms, createdAt } = link;
  const facts = {
    merchantName: merchant.name,
    payerName: terms.nameSurname,
    amount: money(link.amountMinor, link.currency),
    address: url,
    expiresAt: link.expiresAt,
    note: terms.note,
  };
  if (terms.sendMail && terms.email) {
    const mail = { purpose: "link", channel: "email", recipient: terms.email } as const;
    await write(tx, merchant, { ...mail, ...linkLetter(terms.locale, facts) }, createdAt);
  }
  if (terms.sendSms && terms.phone) {
    const sms = { purpose: "link", channel: "sms", recipient: terms.phone, subject: "" } as const;
    await write(tx, merchant, { ...sms, body: linkSms(terms.locale, facts) }, createdAt);
  }
}

/** What the same request made before. Refuses `request_key_reused` for another one. */
async function findRepeat(deps: CheckoutDeps, merchant: MerchantId, id: string, receipt?: Receipt) {
  const first = receipt && (await readLink(deps.db.kysely, merchant, { id }));
  if (first && first.terms.askHash !== receipt.askHash) refuse("request_key_reused", {});
  return first;
}

function newLink(merchant: Merchant, id: string, ask: LinkAsk, now: Date): Link {
  const { agent, receipt, terms } = ask;
  return {
    merchantId: merchant.id,
    id,
    status: "waiting",
    reference: ask.reference ?? id,
    amountMinor: ask.amountMinor,
    currency: ask.currency,
    agentId: agent?.id ?? null,
    isMulti: ask.isMulti,
    terms: {
      ...checkTerms(merchant, terms),
      agentCode: agent?.code,
      agentName: agent?.name,
      askHash: receipt?.askHash,
      hasPicture: ask.picture && true,
    },
    paidBy: null,
    left: ask.stock ?? null,
    expiresAt: expiryOf(now, terms.hours),
    createdAt: now,
  };
}

/**
 * Makes a link with all that belongs to it and writes its address to the payer, both or neither.
 * With a receipt the same request makes one link, however often it comes. Refuses `invalid_input`
 * for addresses that cannot be used, `checkout_code_taken`, and as `checkReference` where the link
 * could never be paid: the merchant hears it, not the payer.
 */
export async function createLink(
  deps: CheckoutDeps,
  merchant: Merchant,
  ask: LinkAsk,
): Promise<MadeLink> {
  const id = idOf(deps.ring, merchant.id, ask.receipt);
  const made = (link: Link): MadeLink => ({ link, url: linkUrl(deps, merchant, link) });
  const first = await findRepeat(deps, merchant.id, id, ask.receipt);
  if (first) return made(first);
  const it = made(newLink(merchant, id, ask, timeOf(merchant, deps.clock())));
  const { reference } = it.link;
  if (!ask.isMulti) await checkReference(deps.payments, merchant.id, reference);
  const isNew = await inTx(deps.db, async (tx) => {
    if (!(await insertLink(tx, it.link))) return false;
    await nameLink(tx, it.link, ask.numbered);
    if (ask.picture) await insertPicture(tx, it.link, ask.picture);
    if (ask.stock !== undefined) await insertStock(tx, it.link, ask.stock);
    await ask.beside?.(tx, it.link);
    await invite(tx, merchant, it);
    return true;
  });
  if (isNew) return it;
  return made((await findRepeat(deps, merchant.id, id, ask.receipt)) ?? it.link);
}
