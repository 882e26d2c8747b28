import fc from "fast-check";
import { expect, test } from "vitest";
import { doubledKey } from "./doubled-key.ts";

/** JSON as it is written: an object is a list, so that a name may stand in it twice. */
type Written =
  | { is: "leaf"; value: string | number | boolean | null }
  | { is: "list"; items: Written[] }
  | { is: "object"; members: [key: string, value: Written][] };

const name = fc.oneof(
  fc.constantFrom("a", "b", "amount", "", "{", '"', "\\", '",', "}:", "ş"),
  fc.string(),
);
const { tree } = fc.letrec<{ tree: Written }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({
      is: fc.constant("leaf" as const),
      value: fc.oneof(
        name,
        fc.integer(),
        fc.double({ noNaN: true }),
        fc.boolean(),
        fc.constant(null),
      ),
    }),
    fc.record({ is: fc.constant("list" as const), items: fc.array(tie("tree"), { maxLength: 4 }) }),
    fc.record({
      is: fc.constant("object" as const),
      members: fc.array(fc.tuple(name, tie("tree")), { maxLength: 4 }),
    }),
  ),
}));

/** Every character as an escape: another way to write the same name. */
const escaped = (text: string) =>
  `"${[...Array(text.length).keys()]
    .map((i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`)
    .join("")}"`;

function write(node: Written, gap: string, isEscaped: (key: string) => boolean): string {
  if (node.is === "leaf") return JSON.stringify(node.value);
  if (node.is === "list") {
    return `[${gap}${node.items.map((item) => write(item, gap, isEscaped)).join(`,${gap}`)}]`;
  }
  const members = node.members.map(([key, value], i) => {
    const text = isEscaped(`${key}${i}`) ? escaped(key) : JSON.stringify(key);
    return `${text}${gap}:${gap}${write(value, gap, isEscaped)}`;
  });
  return `{${members.join(`${gap},`)}${gap}}`;
}

/** The slow and plain way: through the tree, in the order of the text. */
function firstDoubled(node: Written): string | undefined {
  if (node.is === "list") return node.items.map(firstDoubled).find((key) => key !== undefined);
  if (node.is === "leaf") return undefined;
  const seen: string[] = [];
  for (const [key, value] of node.members) {
    if (seen.includes(key)) return key;
    seen.push(key);
    const inside = firstDoubled(value);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

test("the first doubled name is found, in whatever way it is written", () => {
  const gaps = fc.constantFrom("", " ", "\n\t");
  fc.assert(
    fc.property(tree, gaps, fc.func(fc.boolean()), (node, gap, isEscaped) => {
      const text = write(node, gap, isEscaped);
      expect(() => JSON.parse(text)).not.toThrow();
      expect(doubledKey(text)).toBe(firstDoubled(node));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['{"amount":1,"amount":2}', "amount"],
  ['{"a":{"b":1},"b":2,"c":[{"d":1,"d":2}]}', "d"],
  ['{"amount":1,"\\u0061mount":2}', "amount"],
  ['{"":1,"":2}', ""],
  ['[{"a":1},{"a":2}]', undefined],
  ['{"a":"a","b":"a"}', undefined],
  ['{"a":["a","a"]}', undefined],
  ['"a"', undefined],
])("in %s it is %s", (text, key) => expect(doubledKey(text)).toBe(key));
