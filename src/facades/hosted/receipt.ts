import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { RECEIPT_PATH, type Receipt, readReceipt } from "../../checkout/index.ts";
import type { Locale } from "../../lib/messages/index.ts";
import { divideHalfUp } from "../../lib/money.ts";
import { Refusal } from "../../lib/refusal.ts";
import type { HostedDeps } from "./deps.ts";
import { message } from "./message.ts";
import { sendPage, sheetFor } from "./page.ts";
import { moneyText } from "./words.ts";

const tr = {
  title: "Ödeme makbuzu",
  paid: (seller: string) => `${seller} ödemenizi aldı.`,
  taken_back: "Bu ödeme iptal edildi; tutarın tamamı geri verildi.",
  refunded: "Bu ödemenin bir bölümü iade edildi.",
  made_out_to: "Adına düzenlendi",
  number: "Kimlik / vergi no",
  seller: "Satıcı",
  dealer: "Bayi",
  date: "Tarih",
  amount: "Tutar",
  commission: "Hizmet bedeli",
  total: "Toplam",
  returned: "İade edilen",
  instalments: "Taksit",
  single: "Tek çekim",
  card: "Kart",
  authorisation: "Onay kodu",
  order: "Sipariş no",
  reference: "Referans",
  unknown_title: "Makbuz bulunamadı",
  unknown: "Adres eksik kopyalanmış olabilir. Size gönderilen bağlantıyı yeniden açın.",
};
type Words = typeof tr;
const en: Words = {
  title: "Payment receipt",
  paid: (seller) => `${seller} has received your payment.`,
  taken_back: "This payment was cancelled; all of it was given back.",
  refunded: "A part of this payment was refunded.",
  made_out_to: "Made out to",
  number: "Identity / tax number",
  seller: "Seller",
  dealer: "Dealer",
  date: "Date",
  amount: "Amount",
  commission: "Service fee",
  total: "Total",
  returned: "Refunded",
  instalments: "Instalments",
  single: "Single payment",
  card: "Card",
  authorisation: "Authorisation code",
  order: "Order number",
  reference: "Reference",
  unknown_title: "Receipt not found",
  unknown: "The address may not be whole. Open the link that was sent to you once more.",
};
const words: Readonly<Record<Locale, Words>> = { tr, en };

const dates: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
  tr: dateFormat("tr-TR"),
  en: dateFormat("en-GB"),
};
function dateFormat(language: string) {
  const timeZone = "Europe/Istanbul";
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short", timeZone });
}

type Fact = readonly [name: string, value: string];

/** How the amount came about: what the seller asked for, and the fee on top of it. */
function amountFacts({ done }: Receipt, locale: Locale): Fact[] {
  const { payment, attempt } = done;
  const said = words[locale];
  const text = (minor: bigint) => moneyText(minor, attempt.currency, locale);
  const feeMinor = attempt.commissionMinor + attempt.commissionTaxMinor;
  const { instalments: count } = payment;
  const each = count > 1 ? text(divideHalfUp(attempt.amountMinor, BigInt(count))) : "";
  return [
    [said.amount, text(attempt.amountMinor - feeMinor)],
    [said.commission, text(feeMinor)],
    [said.total, text(attempt.amountMinor)],
    [said.instalments, count > 1 ? `${count} × ${each}` : said.single],
    ...(payment.refundedMinor > 0n
      ? [[said.returned, text(payment.refundedMinor)] satisfies Fact]
      : []),
  ];
}

function factsOf(receipt: Receipt, locale: Locale): Fact[] {
  const { merchant, done, endUser } = receipt;
  const { payment, attempt } = done;
  const said = words[locale];
  const dealer = String(payment.details["agent_name"] ?? "");
  const facts: Fact[] = [
    [said.made_out_to, `${endUser.name} ${endUser.surname}`],
    [said.number, endUser.numberMask],
    [said.seller, merchant.name],
    [said.dealer, dealer],
    [said.date, dates[locale].format(attempt.openedAt)],
    ...amountFacts(receipt, locale),
    [said.card, payment.cardMask],
    [said.authorisation, attempt.authorizationCode ?? ""],
    [said.order, payment.id.slice("pay_".length)],
    [said.reference, payment.reference],
  ];
  return facts.filter(([, value]) => value !== "");
}

/** What became of the money since: a receipt that was printed says what was so that day. */
function lineOf({ merchant, done }: Receipt, said: Words): string {
  const { payment, attempt } = done;
  if (attempt.reversedById !== null) return said.taken_back;
  return payment.refundedMinor > 0n ? said.refunded : said.paid(merchant.name);
}

async function find(deps: HostedDeps, token: string): Promise<Receipt | undefined> {
  try {
    return await readReceipt(deps.checkout, token);
  } catch (error) {
    if (error instanceof Refusal && error.code === "payment_not_found") return undefined;
    throw error;
  }
}

/** The receipt of a payment, for whoever has its address. It can be printed as it is. */
export function receipts(app: FastifyInstance, deps: HostedDeps): void {
  app.get(`${RECEIPT_PATH}/:token`, async (request: FastifyRequest, reply: FastifyReply) => {
    const { token } = request.params as Readonly<{ token: string }>;
    const sheet = sheetFor(request);
    const said = words[sheet.locale];
    const receipt = await find(deps, token);
    if (!receipt) {
      const title = said.unknown_title;
      const body = message({ sign: "bad", title, lines: [said.unknown] });
      return sendPage(reply, sheet, { title, status: 404, body });
    }
    const isKept = receipt.done.attempt.reversedById === null;
    const body = message({
      sign: isKept ? "good" : "over",
      title: said.title,
      lines: [lineOf(receipt, said)],
      facts: factsOf(receipt, sheet.locale),
    });
    return sendPage(reply, sheet, { title: said.title, body });
  });
}
