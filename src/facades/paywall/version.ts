import type { Service } from "./deps.ts";
import { ok } from "./wire/envelope.ts";
import { members } from "./wire/members.ts";

const Nothing = members({});
/** The generation of the wire that is spoken. */
const VERSION = "1.0";

export const version: Service<typeof Nothing> = {
  method: "GET",
  path: "/api/paywall/payment/version",
  summary: "The version of the payment service",
  pair: "paywall_public",
  input: Nothing,
  run: async () => ok(VERSION),
};
