import { z } from "zod";
import { isBroken } from "../../../lib/broken-text.ts";
import { holdsCardNumber, withoutCardData } from "../../../lib/card-number.ts";
import { after, ISTANBUL_OFFSET_MS, istanbulTime, startOfIstanbulDay } from "../../../lib/clock.ts";
import { type AttemptId, bareId, packId, unpackId } from "../../../lib/id.ts";
import { MOST_MINOR, minorOfDecimal, PPM } from "../../../lib/money.ts";
import type { InputProblem } from "../../../lib/refusal.ts";
import { Secret } from "../../../lib/secret.ts";

/** Money leaves as a decimal number of lira: a double shows two decimals up to 2^53 kuruş. */
export const lira = (minor: bigint): number => Number(minor) / 100;
/** Members with tax show four decimals. */
export const liraOfTenThousandths = (value: bigint): number => Number(value) / 10_000;
/** Rates leave as a fraction: 2 % is 0.02. */
export const fraction = (ppm: bigint): number => Number(ppm) / Number(PPM);

/** Charges and captures show the offset, queries do not. */
export const dateWithOffset = (at: Date): string => `${istanbulTime(at)}+03:00`;
export const dateWithoutOffset = istanbulTime;
/** How this wire shows that there is no date. */
export const NO_DATE = "0001-01-01T00:00:00";

/** `dd.MM.yyyy` and `dd.MM.yyyy HH:mm:ss`, as lists show them. */
export function dottedDate(at: Date): string {
  const [year, month, day] = istanbulTime(at).slice(0, 10).split("-");
  return `${day}.${month}.${year}`;
}
export const dottedTime = (at: Date): string =>
  `${dottedDate(at)} ${istanbulTime(at).slice(11, 19)}`;

const XACT_PREFIX = "xk_EAAAA";

/** A transaction's opaque text: base64 in which a slash is a star. */
export const xactIdOf = (id: AttemptId): string =>
  XACT_PREFIX + packId(bareId(id)).toString("base64").replaceAll("=", "").replaceAll("/", "*");

/** A form post may have turned plus signs into spaces. What we never gave is `undefined`. */
export function attemptIdOf(xactId: string): AttemptId | undefined {
  const text = xactId.trim().replaceAll(" ", "+").replaceAll("/", "*");
  if (!text.startsWith(XACT_PREFIX) || text.length > 40) return undefined;
  const bytes = Buffer.from(text.slice(XACT_PREFIX.length).replaceAll("*", "/"), "base64");
  const bare = unpackId(bytes);
  if (bare === undefined) return undefined;
  const id: AttemptId = `att_${bare}`;
  return xactIdOf(id) === text ? id : undefined;
}

/** The same identity as an upper-case GUID. */
export function guidOf(id: AttemptId): string {
  const hex = packId(bareId(id)).toString("hex").padStart(32, "0").toUpperCase();
  const [a, b, c, d] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `${a}-${b}-${c}-${d}-${hex.slice(20)}`;
}

/** What is wrong with a member, as schemas say it; any other word of theirs is `malformed`. */
export const problem = (word: InputProblem) => word;
/**
 * Members come as texts or as JSON numbers, whatever their meaning. Inside of rows null stands here
 * as it was sent.
 */
const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: ({ input }) => problem(input === undefined || input === null ? "missing" : "malformed"),
});

const letters = (longest: number) =>
  scalar
    .transform(String)
    .refine((value) => value.length <= longest, {
      error: problem("too_long"),
      params: { bound: String(longest) },
    })
    .refine((value) => !isBroken(value), problem("malformed"));
const textMeta = (longest: number) => ({ type: ["string", "number"], maxLength: longest }) as const;

/**
 * A text of at most `longest` UTF-16 units that is found by its letters, or called: an id, a
 * reference, an address. One with a card number in it is refused, since it would be kept and told,
 * and nobody would find it by its mask.
 */
export const text = (longest: number) =>
  letters(longest)
    .refine((value) => !holdsCardNumber(value), problem("card_number"))
    .meta(textMeta(longest));

/**
 * Words of people: names, notes, descriptions. Of a card typed among them only the mask is read.
 */
export const freeText = (longest: number) =>
  letters(longest).meta(textMeta(longest)).transform(withoutCardData);

/** A text as it was sent, for what is read as something else at once and is kept nowhere. */
export const rawText = (longest: number) => letters(longest).meta(textMeta(longest));

/** A card's number or code: nothing but the rooms that charge a card can read it. */
export const hidden = (longest: number) => rawText(longest).transform((value) => new Secret(value));

/** What a card is told by without its number. */
const BIN_DIGITS_MAX = 8;
/** The first digits of a card; of a whole number the others are not read. */
export const bin = (longest: number) =>
  rawText(longest).transform((value) => value.slice(0, BIN_DIGITS_MAX));

/** A whole number; some clients write it with a fraction of nothing. */
export const whole = (least: number, most: number) =>
  scalar
    .refine((value) => typeof value !== "boolean" && isWhole(value), {
      error: problem("malformed"),
      abort: true,
    })
    .transform(Number)
    .refine((value) => value >= least && value <= most, {
      error: problem("out_of_range"),
      params: { bound: `${least} - ${most}` },
    })
    .meta({
      type: ["integer", "string"],
      minimum: least,
      maximum: most,
      pattern: "^\\s*[0-9]{1,9}(\\.0+)?\\s*$",
    });

const isWhole = (value: string | number) => /^\d{1,9}(\.0+)?$/.test(String(value).trim());

/** JSON booleans and the texts that forms send. */
export const flag = scalar
  .refine((value) => /^(true|false|1|0)$/i.test(String(value)), problem("malformed"))
  .transform((value) => /^(true|1)$/i.test(String(value)))
  .meta({ enum: [true, false, "true", "false", 1, 0, "1", "0"] });

/** Digits with a decimal comma, ungrouped or in groups of three that a dot parts: `1.234,50`. */
const WITH_COMMA = /^(?:\d+|\d{1,3}(?:\.\d{3})+),\d+$/;

/**
 * Lira with a decimal comma: `"20,50"`. Numbers and decimal points are taken too; with a comma,
 * dots are separators of thousands. More than two decimals are rounded half up. A text that could
 * mean two amounts (`1,234.50`) gives `undefined`.
 */
export function minorOfLira(value: string | number | boolean, leastMinor = 1n): bigint | undefined {
  const typed = String(value).trim();
  const plain = WITH_COMMA.test(typed) ? typed.replaceAll(".", "").replace(",", ".") : typed;
  const minor = typeof value === "boolean" ? undefined : minorOfDecimal(plain);
  return minor !== undefined && minor >= leastMinor && minor <= MOST_MINOR ? minor : undefined;
}

const liraFrom = (leastMinor: bigint) =>
  scalar
    .refine((value) => minorOfLira(value, leastMinor) !== undefined, {
      error: problem("not_an_amount"),
      abort: true,
    })
    .transform((value) => minorOfLira(value, leastMinor)!)
    .meta({
      type: ["string", "number"],
      description: "TL with a decimal comma: 20,50",
    });
export const liraAmount = liraFrom(1n);
/** For parts of an amount, which may be nothing. */
export const liraPart = liraFrom(0n);

const hundredthsFrom = (leastMinor: bigint) =>
  scalar
    .refine((value) => isHundredths(value) && BigInt(String(value).trim()) >= leastMinor, {
      error: problem("not_hundredths"),
      abort: true,
    })
    .transform((value) => BigInt(String(value).trim()))
    .meta({
      type: ["string", "integer"],
      description: "kuruş: 1000 is 10,00 TL",
    });
const isHundredths = (value: string | number | boolean) =>
  typeof value !== "boolean" && /^\d{1,14}$/.test(String(value).trim());

/** Digits, with what is left of a multiplication of doubles: `1998.9999999999998`. */
const NOISY = /^(\d{1,14})(?:\.(\d)\d*)?$/;

/**
 * Kuruş that a browser computed: the scripts of shops' pages multiply lira by a hundred as doubles,
 * so the nearest whole number is meant.
 */
export const noisyHundredths = scalar
  .refine((value) => (kurusOfNoise(value) ?? 0n) > 0n, {
    error: problem("not_hundredths"),
    abort: true,
  })
  .transform((value) => kurusOfNoise(value)!)
  .meta({ type: ["string", "number"], description: "kuruş: 1000 is 10,00 TL" });
const kurusOfNoise = (value: string | number | boolean): bigint | undefined => {
  const found = NOISY.exec(String(value).trim());
  return found ? BigInt(found[1]!) + ((found[2] ?? "0") >= "5" ? 1n : 0n) : undefined;
};

/** A whole number of kuruş, as text or number: `"1000"` is 10,00 lira. Nothing is guessed. */
export const hundredths = hundredthsFrom(1n);
/** For services to which zero kuruş, like no amount, means all of it. */
export const hundredthsOrZero = hundredthsFrom(0n);

/** The day `yyyy-MM-dd` or `dd.MM.yyyy` as its first moment in Istanbul; a time is ignored. */
export function dayOf(value: string): Date | undefined {
  const dotted = /^(\d{2})\.(\d{2})\.(\d{4})(?:[ T].*)?$/.exec(value);
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[ T].*)?$/.exec(value)?.[1];
  const day = dotted ? `${dotted[3]}-${dotted[2]}-${dotted[1]}` : iso;
  return day ? startOfIstanbulDay(day) : undefined;
}

export const day = scalar
  .transform((value) => String(value).trim())
  .refine((value) => dayOf(value) !== undefined, { error: problem("not_a_date"), abort: true })
  .transform((value) => dayOf(value)!)
  .meta({
    type: "string",
    description: "A day in Istanbul: 2026-03-04 or 04.03.2026",
  });

const DAY_PART = String.raw`(?<iso>\d{4}-\d{2}-\d{2})|(?<d>\d{2})\.(?<m>\d{2})\.(?<y>\d{4})`;
const SECOND_PART = String.raw`(?<second>[0-5]\d)(?:[.,](?<fraction>\d{1,9}))?`;
const TIME_PART = String.raw`(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d)(?::${SECOND_PART})?`;
const OFFSET_PART = String.raw`(?<z>Z)|(?<sign>[+-])(?<oh>0\d|1[0-4]):?(?<om>[0-5]\d)`;
const MOMENT = new RegExp(
  `^(?:${DAY_PART})(?:(?:T| +)${TIME_PART}(?: ?(?:${OFFSET_PART}))?)?$`,
  "i",
);

/** What a written time differs from UTC; Istanbul's where it does not say. */
function offsetOf({ z, sign, oh = "0", om = "0" }: Record<string, string | undefined>): number {
  if (z) return 0;
  if (!sign) return ISTANBUL_OFFSET_MS;
  const ms = (Number(oh) * 60 + Number(om)) * 60_000;
  return sign === "-" ? -ms : ms;
}

/**
 * A moment to the millisecond: ISO 8601 with or without an offset and with any fraction, or
 * `dd.MM.yyyy` with a time after it. Without an offset it is Istanbul's time, without a time the
 * day's first moment. A day or time that does not exist is `undefined`.
 */
export function momentOf(value: string): Date | undefined {
  const found = MOMENT.exec(value.trim())?.groups;
  const start =
    found && startOfIstanbulDay(found["iso"] ?? `${found["y"]}-${found["m"]}-${found["d"]}`);
  if (!start) return undefined;
  const { hour = "0", minute = "0", second = "0", fraction = "" } = found;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const ms = seconds * 1_000 + Number(fraction.padEnd(3, "0").slice(0, 3));
  return after(start, ms + ISTANBUL_OFFSET_MS - offsetOf(found));
}

export const moment = scalar
  .transform(String)
  .refine((value) => momentOf(value) !== undefined, { error: problem("not_a_date"), abort: true })
  .transform((value) => momentOf(value)!)
  .meta({
    type: "string",
    description: "A moment: 2026-03-04T09:00:00+03:00 or 04.03.2026 09:00:00 (Istanbul)",
  });

/** The one currency of what is paid by link or regularly. */
export const onlyLira = text(3)
  .refine((value) => /^(?:TRY|TL)$/i.test(value), problem("malformed"))
  .meta({ type: "string", enum: ["TRY", "TL"] });
