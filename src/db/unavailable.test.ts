import { expect, test } from "vitest";
import { isUnavailable } from "./unavailable.ts";

const withCode = (code: string, message = "") => Object.assign(new Error(message), { code });

test.each(["ECONNREFUSED", "ECONNRESET", "57P01", "57P03", "08006", "53300", "57014", "25P03"])(
  "%s says that the database is unavailable",
  (code) => expect(isUnavailable(withCode(code))).toBe(true),
);

test.each(["23505", "40001", "40P01", "55P03", "42501", "22P02", "ERR_ASSERTION"])(
  "%s says nothing of the kind",
  (code) => expect(isUnavailable(withCode(code))).toBe(false),
);

test.each([
  "Connection terminated unexpectedly",
  "Connection terminated due to connection timeout",
  "timeout exceeded when trying to connect",
  "Query read timeout",
  "Client has encountered a connection error and is not queryable",
])("the driver's own words are known: %s", (message) =>
  expect(isUnavailable(new Error(message))).toBe(true),
);

test("the cause of an error counts, and what is no error does not", () => {
  expect(isUnavailable(new Error("wrapped", { cause: withCode("57P01") }))).toBe(true);
  expect(isUnavailable({ code: "57P01" })).toBe(false);
  expect(isUnavailable(undefined)).toBe(false);
});
