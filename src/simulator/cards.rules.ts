import type { Authentication, CodeKind } from "./threeds.rules.ts";

/** `three_ds_only` is refused without 3-D Secure; `decline:51` always gives that issuer code. */
type Behaviour = "ok" | "three_ds_only" | `decline:${string}`;
export type CardSeed = Readonly<{
  pan: string;
  brand: "VISA" | "MASTERCARD" | "TROY" | "AMEX";
  program: string;
  issuerEft: string;
  kind: "credit" | "debit" | "prepaid";
  limitKurus: number;
  behaviour: Behaviour;
  authentication: Authentication;
  codeKind: CodeKind;
}>;

/** 50,000.00 */
export const DEFAULT_LIMIT_KURUS = 5_000_000;
/** Ten thousand million lira: the cards that the platform's manuals print never run dry. */
const WIDE_LIMIT_KURUS = 1_000_000_000_000;

type Issuer = Pick<CardSeed, "program" | "issuerEft">;
const axess: Issuer = { program: "AXESS", issuerEft: "0046" };
const bankkart: Issuer = { program: "BANKKART", issuerEft: "0010" };
const world: Issuer = { program: "WORLD", issuerEft: "0067" };
const vakifWorld: Issuer = { program: "WORLD", issuerEft: "0015" };
const bonus: Issuer = { program: "BONUS", issuerEft: "0062" };
const denizBonus: Issuer = { program: "BONUS", issuerEft: "0134" };
const cardFinans: Issuer = { program: "CARDFINANS", issuerEft: "0111" };
const paraf: Issuer = { program: "PARAF", issuerEft: "0012" };
const noProgram = (issuerEft: string): Issuer => ({ program: "", issuerEft });

const brandOf = (pan: string): CardSeed["brand"] =>
  pan.startsWith("4") ? "VISA" : pan.startsWith("9") ? "TROY" : "MASTERCARD";

function card(pan: string, issuer: Issuer, more: Partial<CardSeed> = {}): CardSeed {
  return {
    pan,
    brand: brandOf(pan),
    ...issuer,
    kind: "credit",
    limitKurus: DEFAULT_LIMIT_KURUS,
    behaviour: "ok",
    authentication: "full",
    codeKind: issuer === bonus ? "garanti" : "common",
    ...more,
  };
}
const wide = { limitKurus: WIDE_LIMIT_KURUS };
/** The manuals print the letter `a` as the password of these. */
const printed = { ...wide, codeKind: "letter" } as const;

/** Public test numbers. The third fails Luhn and is known all the same: manuals print it. */
const goodCards: readonly CardSeed[] = [
  card("4355084355084358", axess, printed),
  card("5571135571135575", axess, printed),
  card("4546711234567890", bankkart, printed),
  card("4546711234567894", bankkart, { kind: "debit" }),
  card("4446760701569538", bankkart, wide),
  card("5401341234567891", bankkart, printed),
  card("5423740618115066", bankkart, wide),
  card("5400617004770430", world, wide),
  card("5528790000000008", paraf, wide),
  card("4506347010299085", world),
  card("4048095010857528", world),
  card("4282209004348015", bonus),
  card("5549608789641500", bonus),
  card("5549604173790011", bonus),
  card("4355093000315232", axess),
  card("4155650100416111", cardFinans),
  card("5352480048848060", noProgram("0209")),
  card("4090700090840057", denizBonus),
  card("4090700101174272", denizBonus, { authentication: "half" }),
  card("4938410157705591", vakifWorld),
  card("4938460158754205", vakifWorld, { authentication: "not_enrolled" }),
  card("5188961939192544", { program: "SAGLAM KART", issuerEft: "0205" }),
  card("4159560047417732", cardFinans),
  card("9792096695823360", noProgram("0012")),
];

/** Error cards that an orchestrator publishes: the number alone decides the answer. */
const errorCards: Readonly<Record<string, Behaviour>> = {
  "5100050000006661": "decline:51",
  "5100560000006669": "decline:05",
  "5101380000006661": "decline:12",
  "5101510000006663": "decline:57",
  "5101520000006662": "decline:43",
  "5136620000006669": "decline:41",
  "5163080000006662": "decline:54",
  "5164580000006660": "decline:82",
  "5188960000006666": "decline:58",
  "5192610000006661": "decline:59",
  "5193240000006666": "decline:62",
  "5200170000006666": "decline:99",
  "5209220000006660": "decline:36",
  "5209320000006668": "three_ds_only",
};

export const seededCards: readonly CardSeed[] = [
  ...goodCards,
  ...Object.entries(errorCards).map(([pan, behaviour]) =>
    card(pan, noProgram("0062"), { behaviour }),
  ),
];

/** As issuers write themselves, with Turkish letters: a reply must survive its charset. */
export const issuerNames: Readonly<Record<string, string>> = {
  "0010": "ZİRAAT BANKASI",
  "0012": "HALKBANK",
  "0015": "VAKIFBANK",
  "0046": "AKBANK T.A.Ş.",
  "0062": "GARANTİ BBVA",
  "0067": "YAPI KREDİ",
  "0111": "QNB BANK A.Ş.",
  "0134": "DENİZBANK",
  "0205": "KUVEYT TÜRK",
  "0209": "ZİRAAT KATILIM",
};

/** A card is good to the end of its month, Istanbul time; `yearMonth` is `yyyy-MM`. */
export const isExpired = (year: number, month: number, yearMonth: string): boolean =>
  `${year}-${String(month).padStart(2, "0")}` < yearMonth;

const MAGIC_CODES_FROM = 700_000;
const MAGIC_CODES_TO = 799_999;

/** 7,000.00 to 7,999.99 name the issuer's answer in their kuruş: 7,001.51 is code 51. */
export function magicCode(amountKurus: number): string | undefined {
  if (amountKurus < MAGIC_CODES_FROM || amountKurus > MAGIC_CODES_TO) return undefined;
  const kurus = amountKurus % 100;
  return kurus === 0 ? undefined : String(kurus).padStart(2, "0");
}

export type CardFacts = Readonly<{
  behaviour: string;
  limitKurus: number;
  usedKurus: number;
}>;

/** This CVV is always wrong; any other but `998` passes. */
export const WRONG_CVV = "999";
const CVV_WITHOUT_3D_REFUSED = "998";

/**
 * The issuer's code when it says no. A card, or the CVV `998`, may ask for 3-D Secure; `isProven`
 * says that the holder was asked.
 */
export function issuerDecline(
  found: CardFacts | undefined,
  ask: { amountKurus: number; cvv: string; isProven: boolean },
): string | undefined {
  if (!found) return "14";
  if (found.behaviour.startsWith("decline:")) return found.behaviour.slice("decline:".length);
  const needsProof = found.behaviour === "three_ds_only" || ask.cvv === CVV_WITHOUT_3D_REFUSED;
  if (needsProof && !ask.isProven) return "12";
  if (ask.cvv === WRONG_CVV) return "82";
  const magic = magicCode(ask.amountKurus);
  if (magic) return magic;
  return found.usedKurus + ask.amountKurus > found.limitKurus ? "51" : undefined;
}
