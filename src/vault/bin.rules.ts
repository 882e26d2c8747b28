export type CardBrand = "VISA" | "MASTERCARD" | "AMEX" | "TROY";
/** Personal credit, commercial credit, debit. */
export type CardType = "cc" | "bc" | "dc";
/** `bankId` is the platform's four letters of the card's programme; `ZDGR` is any other bank. */
export type CardFacts = Readonly<{ brand: CardBrand; type: CardType; bankId: string }>;

const OTHER_BANK = "ZDGR";

/** The platform's four letters with the names that go with them (Paynet's list of bank codes). */
const bankNames: Readonly<Record<string, string>> = {
  ADVT: "Advantage",
  AXSS: "Axess",
  BONS: "Bonus",
  DENZ: "Denizbank",
  FINS: "CardFinans",
  KVYT: "Kuveyt Türk",
  MAXM: "Maximum",
  ODEA: "Odea",
  PARF: "Paraf",
  VAKF: "Vakıfbank",
  WRLD: "WorldCard",
  [OTHER_BANK]: "Diğer Banka",
  ZRTB: "Ziraat Bankası",
};

/** Whether these are the four letters of a programme, or of all other banks. */
export const isBank = (bankId: string): boolean => Object.hasOwn(bankNames, bankId);

/** Whether a card is of no programme that is known here. */
export const isOtherBank = (bankId: string): boolean => bankId === OTHER_BANK;

/** The name of a card's programme; what has none of its own is another bank's. */
export const bankNameOf = (bankId: string): string => bankNames[bankId] ?? bankNames[OTHER_BANK]!;

/**
 * First digits of cards whose programme is public knowledge. Whoever takes real cards loads the
 * table that the acquirer or BKM gives its merchants.
 */
const programmes: Record<string, string> = {
  "435508": "AXSS",
  "435509": "AXSS",
  "521807": "AXSS",
  "557113": "AXSS",
  "540061": "WRLD",
  "404809": "WRLD",
  "450634": "WRLD",
  "493841": "VAKF",
  "493846": "VAKF",
  "428220": "BONS",
  "554960": "BONS",
  "374422": "BONS",
  "409070": "DENZ",
  "415565": "FINS",
  "415956": "FINS",
  "545616": "FINS",
  "518896": "KVYT",
  "454671": "ZRTB",
  "540134": "ZRTB",
  "542374": "ZRTB",
  "444676": "ZRTB",
  "454360": "MAXM",
  "418342": "MAXM",
  "492094": "PARF",
  "447505": "PARF",
  "476662": "DENZ",
  "491005": "VAKF",
  "498749": "FINS",
  "517041": "BONS",
};

/** Debit cards among them, as gateways mark them in their public lists of test cards. */
const debit: ReadonlySet<string> = new Set(["447505", "476662", "491005", "498749", "517041"]);

/** Digits of a number that stand for all of it: the first six or eight, as forms send them. */
const BIN_DIGITS_MAX = 8;

/** The scheme by the ranges of ISO/IEC 7812; `undefined` for digits of no scheme taken here. */
function brandOf(digits: string): CardBrand | undefined {
  const four = Number(digits.slice(0, 4));
  if (four === 9792 || digits.startsWith("65")) return "TROY";
  const isAmex = /^3[47]/.test(digits);
  if (digits.length === 15 || (isAmex && digits.length <= BIN_DIGITS_MAX)) {
    return isAmex ? "AMEX" : undefined;
  }
  if (digits.startsWith("4")) return "VISA";
  if ((four >= 5100 && four <= 5599) || (four >= 2221 && four <= 2720)) return "MASTERCARD";
  return undefined;
}

/**
 * What a number, or its first six to eight digits, tell. A known scheme with an unknown issuer is
 * `ZDGR`. Public lists know few debit cards; whatever they do not know is credit.
 */
export function factsOfBin(digits: string): CardFacts | undefined {
  const brand = brandOf(digits);
  if (!brand) return undefined;
  const bin = digits.slice(0, 6);
  return { brand, type: debit.has(bin) ? "dc" : "cc", bankId: programmes[bin] ?? OTHER_BANK };
}
