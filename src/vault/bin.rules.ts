export type CardBrand = "VISA" | "MASTERCARD" | "AMEX" | "TROY";
/** Personal credit, commercial credit, debit. */
export type CardType = "cc" | "bc" | "dc";
/** `bankId` is the platform's four letters of the card's programme; `ZDGR` is any other bank. */
export type CardFacts = Readonly<{ brand: CardBrand; type: CardType; bankId: string }>;

const OTHER_BANK = "ZDGR";

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
};

/** The scheme by the ranges of ISO/IEC 7812; `undefined` for digits of no scheme taken here. */
function brandOf(pan: string): CardBrand | undefined {
  const four = Number(pan.slice(0, 4));
  if (four === 9792 || pan.startsWith("65")) return "TROY";
  if (pan.length === 15) return /^3[47]/.test(pan) ? "AMEX" : undefined;
  if (pan.startsWith("4")) return "VISA";
  if ((four >= 5100 && four <= 5599) || (four >= 2221 && four <= 2720)) return "MASTERCARD";
  return undefined;
}

/** What the first digits of a number tell. A known scheme with an unknown issuer is `ZDGR`. */
export function factsOfBin(pan: string): CardFacts | undefined {
  const brand = brandOf(pan);
  if (!brand) return undefined;
  return { brand, type: "cc", bankId: programmes[pan.slice(0, 6)] ?? OTHER_BANK };
}
