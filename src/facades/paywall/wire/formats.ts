import { isIP } from "node:net";
import { z } from "zod";
import { isBroken } from "../../../lib/broken-text.ts";
import { holdsCardNumber, withoutCardData } from "../../../lib/card-number.ts";
import { FIRST_DAY, istanbulTime, LAST_DAY, startOfIstanbulDay } from "../../../lib/clock.ts";
import { readGuid } from "../../../lib/id.ts";
import type { MarketProblem } from "../../../lib/market-problem.ts";
import { type Currency, decimalText } from "../../../lib/money.ts";
import { rawNumber } from "../../../lib/raw-json.ts";
import type { InputProblem } from "../../../lib/refusal.ts";
import { Secret } from "../../../lib/secret.ts";

/** What is wrong with a member: a word of ours, or what this wire has a code of its own for. */
export type Wrong = InputProblem | MarketProblem;

const LONGEST_TEXT = 1_000;
/** No text is longer, since no body is: where something else says what is too long. */
export const ANY_LENGTH = 1024 * 1024;

/** What is said of an absent member, and of one that is not as it should be. */
const error = (problem: Wrong | undefined) => (issue: { input?: unknown }) =>
  problem ?? ((issue.input === undefined ? "missing" : "malformed") satisfies Wrong);

/** Texts and numbers come as either: the wire's documents and its clients disagree. */
const scalar = (problem?: Wrong) =>
  z
    .union([z.string(), z.number(), z.boolean()], { error: error(problem) })
    .transform((value) => String(value).trim())
    .refine((value) => !isBroken(value), problem ?? ("malformed" satisfies Wrong));

/** How a member is documented: `z.toJSONSchema` knows nothing of what a transform takes. */
export type Documented = Readonly<{ type: string; format?: string; enum?: readonly number[] }>;
const as = (wire: Documented) => ({ wire });

const fail = (context: z.RefinementCtx, message: Wrong) => {
  context.addIssue({ code: "custom", message });
  return z.NEVER;
};

const isText = as({ type: "string" });
const noCardNumber = (value: string) => !holdsCardNumber(value);

const neededLetters = (problem?: Wrong, most = LONGEST_TEXT, tooLong: Wrong = "too_long") =>
  scalar(problem)
    .refine((text) => text !== "", problem ?? ("missing" satisfies Wrong))
    .refine((text) => text.length <= most, tooLong);
const letters = (most: number) =>
  scalar().refine((value) => value.length <= most, "too_long" satisfies Wrong);

/**
 * A text that must be there and is found by its letters, or called: an id, a code, an address. One
 * with a card number in it is refused, since it would be kept and told, and nobody would find it by
 * its mask.
 */
export const needed = (problem?: Wrong, most?: number, tooLong?: Wrong) =>
  neededLetters(problem, most, tooLong)
    .refine(noCardNumber, "card_number" satisfies Wrong)
    .meta(isText);

/** The same where it may be absent; then it is empty. */
export const text = (most = LONGEST_TEXT) =>
  letters(most)
    .refine(noCardNumber, "card_number" satisfies Wrong)
    .default("")
    .meta(isText);

const ACCOUNT_NO = /^[0-9A-Z-]{1,34}$/;
/** An account by the bank's own number, without the spaces that people read it by. */
export const accountNo = () =>
  needed()
    .transform((value) => value.replaceAll(/\s/g, "").toUpperCase())
    .refine((value) => ACCOUNT_NO.test(value), "malformed" satisfies Wrong)
    .meta(isText);

/** Words of people that must be there: of a card typed among them only the mask is read. */
export const neededWords = (problem?: Wrong) =>
  neededLetters(problem).transform(withoutCardData).meta(isText);

/** The same where they may be absent. */
export const words = (most = LONGEST_TEXT) =>
  letters(most).transform(withoutCardData).default("").meta(isText);

/**
 * What cannot be read, or is too long, is as good as absent: whoever needs it refuses it when its
 * turn comes, and nobody where it stands unused.
 */
export const unread = <Schema extends z.ZodType>(schema: Schema) =>
  schema
    .optional()
    .catch(undefined)
    .optional()
    .meta({ ...schema.meta() });

/** The longest way to write an IPv6 address: one that has an IPv4 address in it. */
const IP_MAX = 45;
/** An internet address; empty where it is absent. */
export const ip = () =>
  scalar()
    .refine(
      (value) => value === "" || (value.length <= IP_MAX && isIP(value) !== 0),
      "malformed" satisfies Wrong,
    )
    .default("")
    .meta(isText);

/** A card's number or code: nothing but the rooms that charge a card can read it. */
export const hidden = (problem?: Wrong) =>
  neededLetters(problem, LONGEST_TEXT, problem)
    .transform((value) => new Secret(value))
    .meta(isText);

const WHOLE = /^-?\d{1,9}$/;
/** A small whole number that must be there. */
export const whole = (problem?: Wrong) =>
  scalar(problem)
    .transform((value, context) =>
      WHOLE.test(value) ? Number(value) : fail(context, problem ?? "malformed"),
    )
    .meta(as({ type: "integer" }));

const NUMBER = /^\d{1,18}$/;
/** A number that names something of ours. */
export const named = (problem?: Wrong) =>
  scalar(problem)
    .transform((value, context) =>
      NUMBER.test(value) ? BigInt(value) : fail(context, problem ?? "malformed"),
    )
    .meta(as({ type: "integer", format: "int64" }));

const DECIMAL = /^(\d{1,12})(?:\.(\d{1,15}))?$/;

/** A decimal of at most so many places that are not zero, as a whole number of its last place. */
function scaled(value: string, places: number): bigint | undefined {
  const [, digits, fraction = ""] = DECIMAL.exec(value) ?? [];
  if (digits === undefined || /[1-9]/.test(fraction.slice(places))) return undefined;
  return BigInt(`${digits}${fraction.slice(0, places).padEnd(places, "0")}`);
}

/** An amount of money in minor units, zero or more. */
export const amount = (problem?: Wrong) =>
  scalar(problem)
    .transform((value, context) => scaled(value, 2) ?? fail(context, problem ?? "not_an_amount"))
    .meta(as({ type: "number", format: "decimal" }));

/** What is told of a member outside its bounds: which they are. */
export const outside = (bound: string) => ({
  error: "out_of_range" satisfies InputProblem,
  params: { bound },
});

const AMOUNTS = "0.01 - 999999999999.99";
/** An amount of money above zero, in minor units. */
export const positive = () => amount().refine((minor) => minor > 0n, outside(AMOUNTS));

/** A part in percent as parts per million; whether it is above 100 is for the rule to say. */
export const percent = (problem?: Wrong) =>
  scalar(problem)
    .transform((value, context) => scaled(value, 4) ?? fail(context, problem ?? "malformed"))
    .meta(as({ type: "number", format: "decimal" }));

/** A switch; absent is off. */
export const flag = scalar()
  .transform((value, context) => {
    if (/^(true|1)$/i.test(value)) return true;
    return /^(false|0)$/i.test(value) ? false : fail(context, "malformed");
  })
  .default(false)
  .meta(as({ type: "boolean" }));

/** A day from 2000 to 2100, `yyyy-MM-dd`; the time of a whole ISO moment is dropped. */
export const day = (problem?: Wrong) =>
  scalar(problem)
    .transform((value, context) => {
      const written = /^(\d{4}-\d{2}-\d{2})(?:T[\d:.]*(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(value)?.[1];
      const isDay = written !== undefined && startOfIstanbulDay(written) !== undefined;
      const isNear = isDay && written >= FIRST_DAY && written <= LAST_DAY;
      return isNear ? written : fail(context, problem ?? "not_a_date");
    })
    .meta(as({ type: "string", format: "date" }));

const MOMENT =
  /^(?<day>[\d-]{10})[T ](?<time>\d\d:\d\d(?::\d\d(?:\.\d{1,7})?)?)(?<zone>Z|[+-]\d\d:\d\d)?$/;

/** The moment that a text names; `undefined` for a day or a time that does not exist. */
function momentOf(written: string): Date | undefined {
  const { day = "", time, zone = "+03:00" } = MOMENT.exec(written)?.groups ?? {};
  // A date of its own takes 30 February for a day of March.
  if (!startOfIstanbulDay(day)) return undefined;
  const at = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** A moment of Istanbul's wall clock, or one that names its zone. */
export const wallTime = text().transform((value, context) =>
  value === "" ? undefined : (momentOf(value) ?? fail(context, "not_a_time")),
);

export const guid = (problem?: Wrong) =>
  scalar(problem)
    .transform((value, context) => readGuid(value) ?? fail(context, problem ?? "malformed"))
    .meta(as({ type: "string", format: "uuid" }));

/** The wire's currencies; 4 to 6 are no currencies that money is taken in here. */
const currencyIds: Readonly<Record<string, Currency>> = { 1: "TRY", 2: "USD", 3: "EUR", 7: "GBP" };
const idsOfCurrencies = new Map(
  Object.entries(currencyIds).map(([id, name]) => [name, Number(id)]),
);

export const currency = (problem: Wrong = "currency_unknown") =>
  scalar(problem)
    .transform((value, context) => currencyIds[value] ?? fail(context, problem))
    .meta(as({ type: "integer", enum: Object.keys(currencyIds).map(Number) }));
/** The same where it may be absent; some clients leave it out by a 0. */
export const maybeCurrency = (problem: Wrong = "currency_unknown") =>
  scalar(problem)
    .transform((value, context) =>
      value === "0" ? undefined : (currencyIds[value] ?? fail(context, problem)),
    )
    .optional()
    .meta({ ...currency().meta() });
export const currencyIdOf = (name: Currency): number => idsOfCurrencies.get(name)!;

/** Money as a JSON number with two decimals, whatever a double would make of it. */
export const money = (minor: bigint): object => rawNumber(decimalText(minor));
/** The same with four decimals, as orders show it. */
export const money4 = (minor: bigint): object => rawNumber(`${decimalText(minor)}00`);
/** What the second decimal of a percentage counts. */
const PPM_OF_PLACES = 100n;
/** Parts per million as a percentage with two decimals, more where it has more. */
export function percentOf(ppm: bigint): object {
  const places = ppm % PPM_OF_PLACES === 0n ? 2 : 4;
  const digits = ppm.toString().padStart(5, "0");
  return rawNumber(`${digits.slice(0, -4)}.${digits.slice(-4, digits.length - 4 + places)}`);
}

/** Istanbul wall time without a zone, as this wire writes moments. */
export const moment = (at: Date): string => istanbulTime(at);
/** A day as this wire writes it: its midnight. */
export const dayText = (value: string): string => `${value}T00:00:00`;
