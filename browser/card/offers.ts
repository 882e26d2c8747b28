import { type Row, rowsIn } from "./rows.ts";
import { type CardTexts, fillIn } from "./texts.ts";

/** One way to pay, its amounts as texts of the page's language. */
type Offer = Readonly<{
  key: string;
  label: string;
  /** 1 or less is a single payment. */
  instalments: number;
  per_instalment: string;
  total: string;
  note?: string;
}>;
/** What the server knows of a card's first digits. */
export type BankAnswer = Readonly<{
  bank_name: string;
  card_type?: string;
  brand?: string;
  tds: "required" | "optional";
  options: readonly Offer[];
}>;

export type Offers = ReturnType<typeof findOffers>;

const span = (className: string, text: string): HTMLElement => {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
};

function rowOf(offer: Offer, texts: CardTexts): Row {
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = "instalment_key";
  radio.value = offer.key;
  const name = span("option-name", offer.label);
  if (offer.note) name.append(span("option-note", offer.note));
  const parts = fillIn(texts.parts, { count: offer.instalments, amount: offer.per_instalment });
  const row = document.createElement("label");
  row.className = "option";
  row.append(radio, name, span("option-parts", offer.instalments > 1 ? parts : ""));
  row.append(span("option-total", offer.total));
  return { row, radio };
}

/**
 * What is drawn, beside what is asked for. Where a commission is added the line stands there from
 * the beginning: one that came later would push away the row that the payer just chose.
 */
function drawnLine() {
  const line = document.getElementById("drawn");
  const amount = line?.querySelector("dd");
  const isKept = line?.hidden === false;
  const unknown = amount?.textContent ?? "";
  return {
    show(total: string | undefined, base: string): void {
      if (amount) amount.textContent = total ?? unknown;
      if (line) line.hidden = !isKept && (total ?? base) === base;
    },
  };
}

/** The instalments as a group of radio buttons, and the total that follows from the choice. */
export function findOffers(form: HTMLFormElement, texts: CardTexts) {
  const group = document.getElementById("instalments");
  const list = rowsIn(document.getElementById("options"), texts);
  const spoken = document.getElementById("total");
  const drawn = drawnLine();
  const button = form.querySelector(".pay-text");
  const base = form.dataset["total"] ?? "";
  let offers: readonly Offer[] = [];
  let chosen: Offer | undefined;

  const total = () => chosen?.total ?? base;
  const showTotal = () => {
    if (button) button.textContent = fillIn(texts.pay, { total: total() });
    if (spoken) spoken.textContent = chosen ? fillIn(texts.total, { total: total() }) : "";
    drawn.show(chosen?.total, base);
  };
  const choose = (offer: Offer | undefined) => {
    chosen = offer;
    showTotal();
  };
  return {
    total,
    showTotal,
    /** Shows these, with the same number of instalments chosen as before where there is one. */
    show(next: readonly Offer[]): void {
      const wanted = chosen?.instalments;
      offers = next;
      const rows = offers.map((offer) => ({ offer, ...rowOf(offer, texts) }));
      const kept = rows.find(({ offer }) => offer.instalments === wanted) ?? rows[0];
      if (kept) kept.radio.checked = true;
      for (const { radio, offer } of rows) radio.addEventListener("change", () => choose(offer));
      list.show(rows);
      // One way to pay is no choice; its key is posted from the hidden group all the same.
      if (group) group.hidden = offers.length < 2;
      choose(kept?.offer);
    },
  };
}
