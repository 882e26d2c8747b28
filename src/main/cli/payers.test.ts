import { expect, test } from "vitest";
import { personOf, saidText } from "./payers.ts";

const PAN = "4355084355084358";

test("of a card number among what somebody says only the mask is kept", () => {
  expect(saidText("--reason", `paid with ${PAN}`, 200)).toBe("paid with 435508******4358");
  expect(personOf(`Ece ${PAN}`)).toBe("Ece 435508******4358");
});

test("nothing, and more than fits, is refused with the option's name", () => {
  expect(() => saidText("--reference", "  ", 5)).toThrow("after --reference");
  expect(() => saidText("--reference", "123456", 5)).toThrow("at most 5 characters");
});
