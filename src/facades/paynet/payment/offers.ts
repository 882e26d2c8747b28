import { type Offer, offerKey, offersFor } from "../../../checkout/offers.rules.ts";
import { decimalText } from "../../../lib/money.ts";
import { refuse } from "../../../lib/refusal.ts";
import type { Merchant } from "../../../merchants/index.ts";
import { type CardFacts, factsOfBin } from "../../../vault/bin.rules.ts";
import { bankNameOf } from "../../../vault/index.ts";
import { fraction, lira } from "../wire/formats.ts";

/** What the first digits of a card tell. Refuses `card_unknown` for digits of no scheme. */
export const factsOf = (bin: string): CardFacts => factsOfBin(bin) ?? refuse("card_unknown", {});

/** Where the mark of a programme is found. */
export const bankLogo = (publicUrl: string, bankId: string): string =>
  `${publicUrl}/public/banks/${bankId}.svg`;

/** The name and mark of a programme; the merchant's own contract names it first. */
export function bankMembers(merchant: Merchant, bankId: string, publicUrl: string) {
  const own = merchant.pos.find((pos) => pos.bankId === bankId && pos.isOpen);
  return {
    bank_id: bankId,
    bank_logo: bankLogo(publicUrl, bankId),
    bank_name: own?.bankName ?? bankNameOf(bankId),
  };
}

/**
 * `3 Taksit 3 x 3,46 = 10,37 TL`: shops' pages show it as it is, so it is Turkish for everybody.
 */
const wordsOf = ({ instalments, eachMinor, amountMinor }: Offer): string => {
  const [each, total] = [decimalText(eachMinor, ","), decimalText(amountMinor, ",")];
  return `${instalments} Taksit ${instalments} x ${each} = ${total} TL`;
};

/** One way to pay, as the forms' scripts show it. */
export const formOffer = (facts: CardFacts, offer: Offer) => ({
  instalment_key: offerKey(facts, offer),
  instalment: offer.instalments,
  instalment_amount: lira(offer.eachMinor),
  total_amount: lira(offer.amountMinor),
  commision: lira(offer.commissionMinor),
  desc: wordsOf(offer),
});

/** One way to pay, as the table of rates shows it; without an amount the amounts are zero. */
const tableOffer = (facts: CardFacts, offer: Offer, hasAmount: boolean) => ({
  ratio: fraction(offer.ratePpm),
  instalment_key: offerKey(facts, offer),
  instalment: offer.instalments,
  instalment_amount: hasAmount ? lira(offer.eachMinor) : 0,
  total_net_amount: hasAmount ? lira(offer.netMinor) : 0,
  total_amount: hasAmount ? lira(offer.amountMinor) : 0,
  commision: hasAmount ? lira(offer.commissionMinor) : 0,
  commision_tax: hasAmount ? lira(offer.taxMinor) : 0,
  desc: offer.instalments === 0 ? "Tek çekim" : `${offer.instalments} Taksit`,
  ratio_code: "",
  is_has_campaign: false,
  plus_installment: 0,
  post_pone: 0,
  campaign_note: "",
});

/** Stands for any amount where none was asked about: prices are needed to make keys. */
const ANY_AMOUNT = 10_000n;

export type TableAsk = Readonly<{
  facts?: CardFacts | undefined;
  cardType?: CardFacts["type"] | undefined;
  amountMinor?: bigint | undefined;
  addCommission: boolean;
}>;

/**
 * The table of rates: one row for the programme of a card, or one for each programme that the
 * merchant has a contract with and one for all other cards.
 */
export function tableRows(merchant: Merchant, ask: TableAsk, publicUrl: string) {
  const { amountMinor = ANY_AMOUNT, addCommission } = ask;
  const open = merchant.pos.filter((pos) => pos.isOpen).map((pos) => pos.bankId);
  const every = [...new Set([...open, "ZDGR"])].map(
    (bankId): CardFacts => ({ brand: "VISA", type: ask.cardType ?? "cc", bankId }),
  );
  const wanted = ask.facts ? [ask.facts] : every;
  return wanted.map((facts) => ({
    ...bankMembers(merchant, facts.bankId, publicUrl),
    card_type: facts.type,
    tds_required: !merchant.maySellWithout3d,
    ratio: offersFor(merchant, facts, { amountMinor, currency: "TRY" }, { addCommission }).map(
      (offer) => tableOffer(facts, offer, ask.amountMinor !== undefined),
    ),
  }));
}
