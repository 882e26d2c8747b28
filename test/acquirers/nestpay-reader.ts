import { expect } from "vitest";
import type { Pos, ReturnOrder } from "../../src/acquirers/index.ts";
import { readReturn } from "../../src/acquirers/nestpay/returned.ts";
import { Secret } from "../../src/lib/secret.ts";
import { type Fields, posted, returnFields, signed } from "./nestpay-returns.ts";

export const key = "SIMKEY01";
export const pos: Pos = {
  id: "pos_1",
  dialect: "nestpay",
  baseUrl: "https://bank.example",
  clientId: "990000001",
  user: "SIMAPI",
  password: new Secret("SIMPASS1"),
  storeKey: new Secret(key),
  acceptsHalfSecure: false,
};
export const lenient: Pos = { ...pos, acceptsHalfSecure: true };
export const order: ReturnOrder = {
  model: "3d",
  operation: "sale",
  orderId: "01JD0M3V7K9P2X5R8T4W",
  amount: { minor: 15075n, currency: "TRY" },
  instalments: 3,
  returnUrl: "https://pay.example/return/h4ndl3/t0k3n",
};
export const said = (mdStatus = "1", more: Fields = {}): Fields => ({
  ...returnFields(pos, order, mdStatus),
  ...more,
});
export const read = (fields: Fields, at = pos, about = order) =>
  readReturn(at, about, posted(fields));
export const readSigned = (fields: Fields, at = pos, about = order) =>
  read(signed(fields, key), at, about);
export const without = (fields: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name));

export const unproven = (why: RegExp) => ({
  kind: "unproven",
  why: expect.stringMatching(why),
  bankMessage: expect.any(String),
});
export const unfitting = unproven(/hash of the return does not fit/);
