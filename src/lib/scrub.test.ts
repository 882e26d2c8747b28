import fc from "fast-check";
import { expect, test } from "vitest";
import { scrub } from "./scrub.ts";

const PAN = "4355084355084358";

test.each([
  [`{"number":"${PAN}"}`, '{"number":"435508[hidden]"}'],
  [`{"pan":"4355","cvc":"000","n":1}`, '{"pan":"[hidden]","cvc":"[hidden]","n":1}'],
  [`{"a":{"CVV":123}}`, '{"a":{"CVV":"[hidden]"}}'],
  ['{"body":"{\\"cvc\\":\\"000\\"}"}', '{"body":"{\\"cvc\\":\\"[hidden]\\"}"}'],
  ["4546711234567890", "454671[hidden]"],
  [`pan=${PAN}&month=12`, "pan=435508[hidden]&month=12"],
  [`${PAN} and ${PAN}`, "435508[hidden] and 435508[hidden]"],
  [`A${PAN}Z`, "A435508[hidden]Z"],
  ["4355 0843-5508.4358", "435508[hidden]"],
  ["Basic sck_abcDEF123+/456", "Basic sck_[hidden]"],
  ['"pbk_abcDEF123456=="', '"pbk_[hidden]"'],
])("%s is hidden", (text, hidden) => expect(scrub(text)).toBe(hidden));

test.each(["4355084355084359", "43550843550843581", "sck_short", "2026-03-04T12:00:00.000Z", ""])(
  "%s is left as it is",
  (text) => expect(scrub(text)).toBe(text),
);

test("what was scrubbed once stays so, and no two calls disturb each other", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, behind) => {
      const once = scrub(`${before} ${PAN} ${behind}`);
      expect(once).not.toContain(PAN);
      expect(scrub(once)).toBe(once);
    }),
  );
});

test("a number of 15 digits is hidden too", () => {
  expect(scrub("amex 374245455400126.")).toBe("amex 374245[hidden].");
});
