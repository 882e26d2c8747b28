import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { Secret } from "../../../lib/secret.ts";
import { services } from "../index.ts";
import { quickened } from "./quickened.ts";

/** What clients send where one thing is meant, and what none should. */
const sent = fc.oneof(
  fc.constantFrom("1", "12", "2030", "150,75", "1.234,50", "10.00", "true", "0", "TRY", "abc"),
  fc.constantFrom("2026-03-04", "04.03.2026", "5321112233", "a@shop.example", "https://a.example"),
  fc.constantFrom("4355084355084358", "kart 4355 0843 5508 4358 cvc 731", "\u0000", "\ud800", ""),
  fc.constantFrom<unknown>(1, 12, 0, -1, 10.5, 2030, 1e21, true, false, null, [], {}, undefined),
  fc.string(),
);

/** A result as one text; of what is hidden, that it is. */
const told = (read: z.ZodSafeParseResult<unknown>): string =>
  JSON.stringify(read.success ? read.data : read.error.issues, (_key, value: unknown) => {
    if (value instanceof Secret) return { hidden: value.parts("").length };
    return typeof value === "bigint" || value === undefined ? String(value) : value;
  });

describe("a quick schema reads every body as the one that it is made of", () => {
  test.each(services.map((it) => [it.path, it.body] as const))("%s", (_path, schema) => {
    const names = Object.keys((schema as unknown as { shape: object }).shape);
    const body = fc.dictionary(fc.constantFrom(...names, "other", "__proto__"), sent);
    for (let use = 0; use < 2; use += 1) quickened(schema).safeParse({});
    const quick = quickened(schema);
    expect(quick).not.toBe(schema);
    expect(quickened(schema)).toBe(quick);
    const whole = Object.fromEntries(names.map((name) => [name, "1"]));
    fc.assert(
      fc.property(body, fc.boolean(), (some, isWhole) => {
        const asked = isWhole ? { ...whole, ...some } : some;
        expect(told(quick.safeParse(asked))).toBe(told(schema.safeParse(asked)));
      }),
      { numRuns: 300 },
    );
  });
});
