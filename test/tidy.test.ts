import { describe, expect, test } from "vitest";
import { bans, broken, commentsOfDelay, idleExceptions } from "./support/tidy/calls.ts";
import { exists, type SourceFile, wholeTree } from "./support/tidy/files.ts";
import { badImports, importsOf, impureRules } from "./support/tidy/imports.ts";
import { idleTables, tablesOf, untenanted } from "./support/tidy/schema.ts";
import { cardNumbers, foreignWords, keys } from "./support/tidy/secrets.ts";
import { badNames, longFiles, longFunctions, longLines } from "./support/tidy/sizes.ts";

const tree = wholeTree();
const schema = tree.find(({ file }) => file === "src/db/schema.sql")!.text;
const source = (file: string, text: string): SourceFile => ({ file, text });
const importing = (file: string, target: string) =>
  badImports([source(file, `import { it } from "${target}";\n`)]);

test("the whole tree is looked at", () => {
  for (const file of ["src/lib/money.ts", "test/tidy.test.ts", "package.json", "biome.json"]) {
    expect(tree.map((each) => each.file)).toContain(file);
  }
  expect(tree.some(({ file }) => file.includes("node_modules"))).toBe(false);
});

describe("imports", () => {
  test("no room sees a later one, and each is entered by its door", () => {
    expect(badImports(tree)).toEqual([]);
  });
  test("every import names a file that is there", () => {
    const targets = tree.filter(({ file }) => file.startsWith("src/")).flatMap(importsOf);
    expect(targets.length).toBeGreaterThan(300);
    expect(targets.filter(({ target }) => !exists(target))).toEqual([]);
  });
  test("rules are pure", () => {
    expect(impureRules(tree)).toEqual([]);
  });

  test.each([
    ["src/lib/money.ts", "../ledger/index.ts", "lib comes before ledger"],
    ["src/events/emit.ts", "../merchants/index.ts", "events comes before merchants"],
    ["src/payments/charge.ts", "../jobs/index.ts", "payments comes before edge"],
    ["src/payments/charge.ts", "../vault/fingerprint.ts", "by its index or its rules"],
    ["src/payments/charge.ts", "../oddments/index.ts", "no place in the order"],
    ["src/payments/charge.ts", "../acquirers/transport.ts", "only main builds the banks"],
    ["src/acquirers/nestpay/index.ts", "../registry.ts", "only main builds the banks"],
    ["src/acquirers/nestpay/index.ts", "../other/codes.ts", "no facade or bank sees another"],
    ["src/payouts/send.ts", "../acquirers/transport.ts", "only main builds the banks"],
    ["src/payouts/send.ts", "./providers/registry.ts", "only main builds the banks"],
    ["src/payouts/providers/a/index.ts", "../b/codes.ts", "no facade or bank sees another"],
    [
      "src/facades/paynet/payment/find.ts",
      "../../paywall/wire/formats.ts",
      "no facade or bank sees another",
    ],
    ["src/jobs/index.ts", "../simulator/index.ts", "only main starts the simulator"],
    ["src/simulator/desk.ts", "../db/pool.ts", "the simulator sees lib alone"],
    ["src/payments/plan.rules.ts", "./rows.ts", "rules see lib and rules alone"],
    ["src/payments/plan.rules.ts", "../merchants/index.ts", "rules see lib and rules alone"],
    ["src/main/verify/index.ts", "../../payments/rows.ts", "by its index or its rules"],
    ["src/main/start.ts", "../../test/support/world.ts", "product code alone"],
  ])("%s may not import %s", (file, target, problem) => {
    expect(importing(file, target)).toEqual([expect.stringContaining(problem)]);
  });
  test.each([
    ["src/payments/charge.ts", "../vault/index.ts"],
    ["src/payments/plan.rules.ts", "../merchants/commission.rules.ts"],
    ["src/merchants/enroll.ts", "../db/transaction.ts"],
    ["src/main/deps.ts", "../acquirers/registry.ts"],
    ["src/main/deps.ts", "../payouts/providers/registry.ts"],
    ["src/payouts/providers/a/index.ts", "../../../acquirers/transport.ts"],
    ["src/main/simulator.ts", "../simulator/index.ts"],
    ["src/simulator/desk.ts", "../lib/money.ts"],
    ["src/payments/plan.rules.test.ts", "../../test/support/sample.ts"],
  ])("%s may import %s", (file, target) => {
    expect(importing(file, target)).toEqual([]);
  });
  test.each(['await import("../jobs/index.ts")', 'export { it } from "../jobs/index.ts"'])(
    "%s is an import too",
    (text) => expect(badImports([source("src/lib/money.ts", text)])).toHaveLength(1),
  );
  test.each(["async function f() {", "const at = new Date();", "randomBytes(4)", "Date.now()"])(
    "no rule says %s",
    (text) => expect(impureRules([source("src/lib/a.rules.ts", text)])).toHaveLength(1),
  );
});

describe("sizes and names", () => {
  test("a line fits 100 columns", () => expect(longLines(tree)).toEqual([]));
  test("a function fits 50 lines", () => expect(longFunctions(tree)).toEqual([]));
  test("a file fits 300 lines", () => expect(longFiles(tree)).toEqual([]));
  test("a file name says what is in it", () => expect(badNames(tree)).toEqual([]));

  const lines = (count: number, line = "  a();") => Array(count).fill(line).join("\n");
  test("what is too long is seen", () => {
    const [fits, long] = ["x".repeat(100), "ü".repeat(101)];
    expect(longLines([source("src/a.ts", `${fits}\n${long}`)])).toEqual([
      "src/a.ts:2 has 101 columns",
    ]);
    expect(longFiles([source("src/a.ts", lines(300)), source("src/b.ts", lines(301))])).toEqual([
      "src/b.ts has 301 lines",
    ]);
  });
  test("a sentence of a catalogue may be long, its code may not", () => {
    const at = "src/lib/messages/tr.ts";
    expect(longLines([source(at, `  a: "${"x".repeat(120)}",`)])).toEqual([]);
    expect(longLines([source(at, "x".repeat(120))])).toHaveLength(1);
  });
  test.each([
    ["function f(): void {", "}"],
    ["export async function f(a: A): Promise<B> {", "}"],
    ["const f = (a: A) => {", "};"],
    ["const row = (a: A): Row => ({", "});"],
    ["  async function f({ a }: A) {", "  }"],
    ["  method(a: A): B {", "  }"],
    ["): Promise<A> {", "}"],
    ['test("a claim", async () => {', "});"],
  ])("a long body after `%s` is seen", (opening, closing) => {
    const fits = source("src/a.ts", `${opening}\n${lines(48, "    a();")}\n${closing}`);
    const long = source("src/a.ts", `${opening}\n${lines(49, "    a();")}\n${closing}`);
    expect(longFunctions([fits])).toEqual([]);
    expect(longFunctions([long])).toEqual(["src/a.ts:1 has 51 lines"]);
  });
  test("names for anything are seen", () => {
    const names = ["src/lib/utils.ts", "src/a/payment-service.ts", "test/x/helpers.test.ts"];
    const shouting = "src/lib/MoneyMaker.ts";
    const bad = [...names, shouting].map((file) => source(file, ""));
    expect(badNames(bad)).toHaveLength(4);
    expect(badNames([source("src/payments/at-bank.ts", "")])).toEqual([]);
  });
});

describe("what is never said", () => {
  test.each(bans)("nowhere stands $what", (ban) => expect(broken(ban, tree)).toEqual([]));
  test.each(bans)("$what is seen, and its like is not", (ban) => {
    const file = ["src/payments/a.ts", "test/a.test.ts"].find((each) => ban.where.test(each))!;
    expect(broken(ban, [source(file, ban.bad)])).toHaveLength(1);
    expect(broken(ban, [source(file, ban.good)])).toEqual([]);
  });
  test("every exception is still needed", () => expect(idleExceptions(tree)).toEqual([]));
  test("nothing is left for later", () => {
    expect(commentsOfDelay(tree)).toEqual([]);
    const marks = ["// TODO: round", "/* FIXME */", "// biome-ignore lint: x", "// @ts-ignore"];
    const seen = commentsOfDelay([source("src/a.ts", marks.join("\n"))]);
    expect(seen).toHaveLength(marks.length);
  });
});

describe("tables", () => {
  const tables = tablesOf(schema);
  test("every key and reference of a merchant's table begins with the merchant", () => {
    expect(tables.length).toBeGreaterThan(10);
    expect(tables.find(({ name }) => name === "payments")).toMatchObject({
      keys: [{ name: "payments_pkey" }, { name: "one_use_of_reference" }],
      references: [{ to: "agents" }, { to: "merchants" }, { to: "pos_accounts" }],
    });
    expect(untenanted(tables)).toEqual([]);
    expect(idleTables(tables)).toEqual([]);
  });
  test.each([
    ["  id text not null,\n  constraint t_pkey PRIMARY KEY (id)", "t has no merchant_id"],
    ["  merchant_id text not null", "t has no key"],
    ["  merchant_id text,\n  constraint t_pkey PRIMARY KEY (id)", "t: t_pkey does not begin"],
    [
      "  merchant_id text,\n  constraint t_pkey PRIMARY KEY (merchant_id, id),\n" +
        "  constraint t_code UNIQUE (code)",
      "t: t_code does not begin",
    ],
    [
      "  merchant_id text,\n  constraint t_pkey PRIMARY KEY (merchant_id, id),\n" +
        "  constraint t_fkey FOREIGN KEY (payment_id) REFERENCES payments(id)",
      "t: t_fkey does not begin",
    ],
  ])("a table that is not a merchant's is seen", (body, problem) => {
    const found = untenanted(tablesOf(`create table t (\n${body}\n);`));
    expect(found).toEqual([expect.stringContaining(problem)]);
  });
  test("a unique index that mixes merchants is seen", () => {
    const table =
      "create table t (\n  merchant_id text,\n  constraint t_pkey PRIMARY KEY (merchant_id)\n);\n";
    const index = "CREATE UNIQUE INDEX t_code ON t USING btree (code, merchant_id)\n";
    expect(untenanted(tablesOf(table + index))).toHaveLength(1);
  });
});

describe("secrets and foreign words", () => {
  test("no card number stands anywhere but the documented test numbers", () => {
    expect(cardNumbers(tree)).toEqual([]);
  });
  test("no key stands anywhere", () => expect(keys(tree)).toEqual([]));
  test("the tree speaks of itself alone", () => expect(foreignWords(tree)).toEqual([]));

  /** Made here from halves, so that no number stands in this file. */
  const number = ["40128888", "88881881"].join("");
  test.each([
    number,
    number.match(/.{4}/g)!.join(" "),
    number.match(/.{4}/g)!.join("-"),
    `"pan":"${number}"`,
    ["3782", "822463", "10005"].join(""),
  ])("a card number is seen, however it is written", (text) => {
    expect(cardNumbers([source("docs/a.md", text)])).toHaveLength(1);
  });
  test("digits that are no card number pass", () => {
    const passing = ["4355084355084358", `${BigInt(number) + 1n}`, `A${number}`, `${number}0`];
    expect(cardNumbers([source("a.json", passing.join("\n"))])).toEqual([]);
  });
  test("keys and foreign words are seen", () => {
    const key = ["sck_7Jq+x2ZbR0", "mVf8LkT1yWcNs5", "uHgD3aEoP6iQnXz9"].join("");
    expect(keys([source("a.md", key)])).toHaveLength(1);
    expect(keys([source("a.md", "sck_...")])).toEqual([]);
    const words = [
      ["see is", "sue #12"],
      ["../sha", "red/spec"],
      ["cd /wo", "rk/main"],
    ];
    for (const halves of words) {
      expect(foreignWords([source("a.md", halves.join(""))])).toHaveLength(1);
    }
  });
});
