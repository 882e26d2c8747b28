import { expect, test } from "vitest";
import type { Pos } from "../../src/acquirers/index.ts";
import { createRegistry } from "../../src/acquirers/registry.ts";
import { createTransport } from "../../src/acquirers/transport.ts";
import { Secret } from "../../src/lib/secret.ts";

const pos: Pos = {
  id: "pos_1",
  dialect: "nestpay",
  baseUrl: "https://bank.example",
  clientId: "990000001",
  user: "SIMAPI",
  password: new Secret("SIMPASS1"),
  storeKey: new Secret("SIMKEY01"),
  acceptsHalfSecure: false,
};

test("a POS keeps its acquirer, also when its settings are read anew", () => {
  const find = createRegistry(createTransport());
  const acquirer = find(pos);
  expect(find(pos)).toBe(acquirer);
  expect(find({ ...pos, password: new Secret("SIMPASS1") })).toBe(acquirer);
  expect(find({ ...pos, id: "pos_2" })).not.toBe(acquirer);
});

test.each([
  ["baseUrl", { baseUrl: "https://other.example" }],
  ["clientId", { clientId: "990000002" }],
  ["user", { user: "OTHER" }],
  ["password", { password: new Secret("SIMPASS2") }],
  ["storeKey", { storeKey: new Secret("SIMKEY02") }],
  ["word on half-secure cards", { acceptsHalfSecure: true }],
])("another %s means another acquirer", (_, change) => {
  const find = createRegistry(createTransport());
  const acquirer = find(pos);
  expect(find({ ...pos, ...change })).not.toBe(acquirer);
});

test.each(["", "garanti-not-yet", "constructor"])("%j is no dialect and throws", (dialect) => {
  const find = createRegistry(createTransport());
  expect(() => find({ ...pos, dialect })).toThrow("dialect");
});

test("a POS that came back after many others still works", () => {
  const find = createRegistry(createTransport());
  const first = find(pos);
  for (let i = 0; i < 5_000; i += 1) find({ ...pos, id: `pos_${i + 10}` });
  expect(find(pos)).not.toBe(first);
  expect(find(pos).abilities.has("hold")).toBe(true);
});
