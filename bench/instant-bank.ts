import { randomBytes } from "node:crypto";
import type { Acquirer, Outcome } from "../src/acquirers/index.ts";

const approve = async (): Promise<Outcome> => ({
  kind: "approved",
  bankReference: randomBytes(9).toString("hex"),
  authorizationCode: "123456",
});

/** A bank in the caller's own process that approves at once. */
export const instantBank: Acquirer = {
  abilities: new Set(["hold"]),
  challenge: () => {
    throw new Error("This bank has no page");
  },
  resume: () => ({ kind: "unproven", why: "this bank has no page", bankMessage: "" }),
  charge: approve,
  capture: approve,
  void: approve,
  refund: approve,
  inquire: async () => ({ kind: "not_found" }),
};
