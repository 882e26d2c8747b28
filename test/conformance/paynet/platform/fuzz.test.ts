import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { services } from "../../../../src/facades/paynet/index.ts";
import { formsOf } from "../../../support/forms.ts";
import type { Names } from "../../../support/payer.ts";
import { createWorld, goodCard, type TestWorld } from "../../../support/world.ts";

type Service = (typeof services)[number];
const RUNS = 200;
/** A session takes twenty cards, so there are enough for every run to try one. */
const SESSIONS = 15;
let world: TestWorld;
/** Sessions in which payers are, and a token of each. */
let begun: readonly Names[] = [];
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

async function begin(): Promise<void> {
  const { enter } = formsOf(world);
  begun = await Promise.all(Array.from({ length: SESSIONS }, () => enter()));
}

const names = [...new Set(services.flatMap((it) => memberNames(it.body)))];
function memberNames(body: unknown): string[] {
  return Object.keys((body as { shape: object }).shape);
}

/** Values that a confused client sends, beside any at all. */
const odd = fc.oneof(
  fc.constantFrom("", "0", "-1", "1e3", "1.234,50", "2026-02-30", "2026-03-04", "xk_EAAAA", "٣"),
  fc.constantFrom<unknown>(0, -1, 1e308, 2 ** 53, 0.1, true, null, [], {}, "\u0000", "\ud800", "€"),
  fc.constantFrom("a\u0000b", "a\ud800b", "\udfff", "a\ufffeb", "\u0085", "\u202e😀"),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ maxLength: 60 }),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
);
const member = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "toString", "") },
);
const good: Readonly<Record<string, unknown>> = {
  amount: "10,00",
  reference_no: "FUZZ",
  domain: "shop.example",
  datab: "2026-03-01",
  datbi: "2026-03-31",
  xact_id: "xk_EAAAAAAZy4E1KAeoi1OKy8g",
  return_url: "https://shop.example/back",
  bin: "435508",
  card_id: 100_001,
  card_information: [{ card_id: 100_001, order_no: 1 }],
  label: "ana",
  name_surname: "Can Er",
  interval: 2,
  interval_count: 2,
  begin_date: "2026-03-04T13:00:00+03:00",
  end_user_email: "can@payer.example",
  end_user_gsm: "5321112233",
  end_user_desc: "Aidat",
  // The order's first invoice, and the first row of its plan.
  invoice_id: 100_001,
  plan_id: 100_001,
  val_date: "2026-03-05",
  status: 0,
  ...goodCard,
};
/** What a service takes whole: sessions are those of `begun`, and forms name amounts in kuruş. */
const wholeFor = ({ path }: Service, at: number): Readonly<Record<string, unknown>> => ({
  ...good,
  ...begun[at % SESSIONS],
  ...(/^.v1.(paynetj|ratio|subs?cription|transaction)/.test(path) && { amount: "1000" }),
});
/** Mostly near the door: all is well but for one member, or few. */
const near = fc.tuple(member, odd).map(([name, value]) => ({ [name]: value }));
const some = fc
  .array(fc.tuple(member, odd), { maxLength: 5 })
  .map((all): Record<string, unknown> => Object.fromEntries(all));
const members = fc.oneof(
  { weight: 4, arbitrary: fc.record({ isWhole: fc.constant(true), more: near }) },
  { weight: 2, arbitrary: fc.record({ isWhole: fc.boolean(), more: some }) },
);

const textOf = (value: unknown) =>
  typeof value === "object" ? JSON.stringify(value) : String(value);
const escaped = (value: unknown) =>
  textOf(value).replace(/[<&]/g, (sign) => (sign === "<" ? "&lt;" : "&amp;"));
const writers: Readonly<Record<string, (body: Record<string, unknown>) => string>> = {
  "application/json": (body) => JSON.stringify(body),
  "application/x-www-form-urlencoded": (body) =>
    new URLSearchParams(
      Object.entries(body).map(([name, value]) => [name, textOf(value)]),
    ).toString(),
  "application/xml": (body) =>
    `<a>${Object.entries(body)
      .map(([name, value]) => `<${name}>${escaped(value)}</${name}>`)
      .join("")}</a>`,
};
/** A body as it was meant, or with a piece cut out of it or put into it. */
const sent = fc.record({
  type: fc.constantFrom(...Object.keys(writers)),
  members,
  at: fc.nat(),
  cut: fc.nat(9),
  piece: fc.string(),
});
type Sent = typeof sent extends fc.Arbitrary<infer Value> ? Value : never;
function bodyOf(it: Service, { type, members: { isWhole, more }, at, cut, piece }: Sent): string {
  const text = writers[type]!({ ...(isWhole && wholeFor(it, at)), ...more });
  const start = at % (text.length + 1);
  const isTorn = cut > 7;
  return isTorn ? text.slice(0, start) + piece + text.slice(start + cut) : text;
}
const headerText = fc.stringMatching(/^[\x20-\x7e]{0,30}$/);
const oddHeaders = fc.record(
  {
    accept: fc.constantFrom("application/xml", "*/*", "text/html"),
    "accept-language": fc.oneof(fc.constantFrom("en", "tr"), headerText),
    "x-request-id": headerText,
    "idempotency-key": headerText,
    "content-type": fc.oneof(
      fc.constantFrom("text/plain", "application/json; charset=x"),
      headerText,
    ),
    authorization: headerText,
  },
  { requiredKeys: [] },
);

/** Mostly none: a wrong key or type ends a request before its body is looked at. */
const headers = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: oddHeaders },
);

/** What an answer may never hold: where our code stands, its parts, or what was told in trust. */
const leaks = () =>
  new RegExp(
    [
      String.raw`\bat .+\.ts:\d+|node_modules|\.ts:\d+:\d+`,
      "select |insert into|violates|ECONN|ZodError|TypeError|SyntaxError",
      goodCard.pan,
      world.merchant.secretKey.slice(4).replace(/[+/]/g, "\\$&"),
      "sck_|\\[object |undefined",
    ].join("|"),
  );

/** The key with which a service is called: a server's where it takes both. */
const keyOf = ({ keys = ["secret"] }: Service): string =>
  keys.includes("secret") ? world.merchant.secretKey : world.merchant.publishableKey;

/** Services whose answers have no words, unless they refuse. */
const silent: ReadonlySet<string> = new Set([
  "/v1/subscription/card_info_filter",
  "/v1/subscription/manuel_charge",
]);

test.each(services.map((it) => [it.path, it] as const))(
  "%s answers any request in its own words",
  async (path, it) => {
    const secrets = leaks();
    if (memberNames(it.body).includes("session_id")) await begin();
    const property = fc.asyncProperty(sent, headers, async (drawn, more) => {
      const own = { "content-type": drawn.type, authorization: `Basic ${keyOf(it)}` };
      const answer = await world.post(path.slice(1), bodyOf(it, drawn), { ...own, ...more });
      const text = JSON.stringify(answer.body);
      expect(answer.status, text).toBeLessThan(500);
      expect(text).not.toMatch(secrets);
      if ("text" in answer.body) {
        expect(text).toMatch(/<response>.*<code>\d+<\/code>/);
        return;
      }
      const { code, message, type: errorType, result_code } = answer.body;
      expect(typeof code).toBe("number");
      if (message !== null || !silent.has(path)) expect(typeof message).toBe("string");
      expect(message).not.toBe("");
      if (answer.status === 200) expect(answer.body).toHaveProperty("object_name");
      else
        expect([code, typeof errorType, typeof result_code]).toEqual([
          answer.status,
          "string",
          "number",
        ]);
    });
    await fc.assert(property, { numRuns: RUNS });
  },
);

test("after all of this the books balance and the bank agrees", async () => {
  await world.isSound();
});
