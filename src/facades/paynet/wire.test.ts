import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { hasLuhnDigit } from "../../lib/luhn.ts";
import { services } from "./index.ts";

type Members = Readonly<Record<string, z.ZodType>>;
const membersOf = (body: unknown): Members => (body as { shape: Members }).shape;
const members = services.flatMap((it) =>
  Object.entries(membersOf(it.body)).map(([name, schema]) => ({ path: it.path, name, schema })),
);

const withCheckDigit = (digits: string): string =>
  [..."0123456789"].map((last) => digits + last).find(hasLuhnDigit)!;
/** Numbers of the schemes whose cards are taken, and of two that are not. */
const numbers = fc
  .tuple(
    fc.constantFrom("4", "51", "2221", "34", "9792", "65", "62", "3528"),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 16, maxLength: 16 }),
  )
  .map(([start, digits]) =>
    withCheckDigit((start + digits.join("")).slice(0, start === "34" ? 14 : 15)),
  );
const grouped = fc
  .tuple(numbers, fc.constantFrom("", " ", "-", ".", "\u00a0"))
  .map(([number, gap]) => ({ number, typed: number.match(/.{1,4}/g)!.join(gap) }));
const around = fc.constantFrom<(typed: string) => string>(
  (typed) => typed,
  (typed) => `kart ${typed} cvc 731`,
  (typed) => `https://shop.example/ok?card=${typed}`,
  (typed) => `${typed}@shop.example`,
  (typed) => `ORD${typed}`,
);

/** Everything that a verb is given, as one text: what cannot be written down is hidden. */
const given = (value: unknown): string =>
  JSON.stringify(value, (_key, each) => (typeof each === "bigint" ? `${each}` : each)) ?? "";
const digitsIn = (text: string) => text.replaceAll(/\D/g, "");

describe("no text of a request brings a card number in", () => {
  test.each(members)("$path: $name", ({ schema }) => {
    fc.assert(
      fc.property(grouped, around, ({ number, typed }, put) => {
        for (const sent of [put(typed), Number(number)]) {
          const read = schema.safeParse(sent);
          if (read.success) expect(digitsIn(given(read.data))).not.toContain(number);
        }
      }),
      { numRuns: 60 },
    );
  });
  test("and every member was looked at, those that keep words by their masks", () => {
    expect(members.length).toBeGreaterThan(150);
    const kept = members.filter(({ schema }) => {
      const read = schema.safeParse("4355084355084358");
      return read.success && read.data === "435508******4358";
    });
    expect(new Set(kept.map(({ name }) => name))).toEqual(
      new Set([
        ...["domain", "name", "description", "note", "agent_note"],
        ...["card_holder", "card_holder_phone", "card_holder_mail", "card_desc", "save_card_desc"],
        ...["name_surname", "user_name", "phone", "agent_customer_name", "phoneNumber"],
        ...["end_user_name", "end_user_surname", "end_user_address", "end_user_phone"],
        ...["end_user_tckn", "end_user_vkn", "iban", "user_id", "agent_reference_no"],
        ...[
          "end_user_desc",
          "label",
          "invoice_no",
          "subscription_id",
          "platform_id",
          "payment_source",
          "ratio_code_method",
        ],
      ]),
    );
  });
});
