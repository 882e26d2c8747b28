import { expect, test } from "vitest";
import { problemsOf } from "./problems.ts";

const today = { month: 3, year: 2026 };
const good = {
  pan: "4355 0843 5508 4358",
  expiry: "12 / 30",
  cvc: "000",
  card_holder: "Deniz Ak",
};
const none = { pan: undefined, expiry: undefined, cvc: undefined, card_holder: undefined };

test.each([
  {},
  { pan: "4546711234567890" },
  { pan: "3742 454554 00126", cvc: "1234" },
  { card_holder: "Ö. Şen" },
])("%j is right", (change) => expect(problemsOf({ ...good, ...change }, today)).toEqual(none));

test.each([
  [{ pan: "" }, { pan: "number_missing" }],
  [{ pan: "4355 0843" }, { pan: "number_wrong" }],
  [{ pan: "4355 0843 5508 4359" }, { pan: "number_wrong" }],
  [{ expiry: " " }, { expiry: "expiry_missing" }],
  [{ expiry: "13/30" }, { expiry: "expiry_wrong" }],
  [{ expiry: "02/26" }, { expiry: "expiry_past" }],
  [{ cvc: "" }, { cvc: "cvc_missing" }],
  [{ cvc: "1234" }, { cvc: "cvc_wrong" }],
  [{ pan: "374245455400126", cvc: "123" }, { cvc: "cvc_wrong" }],
  [{ card_holder: "" }, { card_holder: "holder_missing" }],
  [{ card_holder: "4355 0843" }, { card_holder: "holder_wrong" }],
])("%j has the problems %j", (change, problems) => {
  expect(problemsOf({ ...good, ...change }, today)).toEqual({ ...none, ...problems });
});
