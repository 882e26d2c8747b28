import { expect, test } from "vitest";
import { declineReasons } from "../index.ts";
import { meaningOfErrorCode, meaningOfIssuerCode } from "./codes.ts";

const everyNumber = Array.from({ length: 10_000 }, (_, n) => `${n}`.padStart(4, "0"));
const everyGatewayCode = ["CORE", "BM", "HPP"].flatMap((family) =>
  everyNumber.map((number) => `${family}-${number}`),
);

test("every code means a reason of the common list", () => {
  const reasons = everyGatewayCode.map((code) => meaningOfErrorCode(code)?.reason);
  const known = reasons.filter((reason) => reason !== undefined);
  expect(known.length).toBeGreaterThan(100);
  for (const reason of known) expect(declineReasons).toContain(reason);
});

test.each([
  ["CORE-1001", "system_error", "doubtful"],
  ["CORE-1005", "system_error", "doubtful"],
  ["CORE-1006", "format_error", "not_executed"],
  ["CORE-1029", "format_error", "not_executed"],
  ["CORE-2016", "duplicate_order", "doubtful"],
  ["CORE-2201", "credentials", "not_executed"],
  ["CORE-2254", "ip_not_allowed", "declined"],
  ["CORE-2255", "fraud_suspect", "declined"],
  ["CORE-2302", "duplicate_order", "doubtful"],
  ["CORE-2503", "amount_over_original", "declined"],
  ["CORE-2508", "not_settled_yet", "declined"],
  ["CORE-2511", "batch_closed", "declined"],
  ["CORE-3000", "system_error", "doubtful"],
  ["BM-9102", "timeout", "doubtful"],
  ["BM-9103", "issuer_unavailable", "doubtful"],
  ["HPP-1001", "format_error", "not_executed"],
  ["ISO8583-51", "insufficient_funds", "declined"],
  ["ISO8583-91", "issuer_unavailable", "doubtful"],
  ["ISO8583-YK", "restricted_card", "declined"],
  ["ISO8583-17", "unknown", "declined"],
])("%s means %s and is %s", (code, reason, ofClass) => {
  expect(meaningOfErrorCode(code)).toEqual({ reason, class: ofClass });
});

test.each([
  "CORE-1030",
  "CORE-2999",
  "CORE-",
  "CORE",
  "",
  "51",
  "ISO8583-00",
  "ISO8583-99",
  "X-1001",
])("%j is no code of the gateway", (code) => expect(meaningOfErrorCode(code)).toBeUndefined());

test.each(["00", "99", "", "0", "000", "5 1", "constructor", "__proto__"])(
  "%j is no refusal by an issuer",
  (code) => expect(meaningOfIssuerCode(code)).toBeUndefined(),
);

test("a fake approval, a time-out and a system fault are never a plain no", () => {
  for (const code of ["08", "11", "91", "92", "95", "96"]) {
    expect(meaningOfIssuerCode(code)?.class).toBe("doubtful");
  }
});
