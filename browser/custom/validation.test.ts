import { describe, expect, test } from "vitest";
import {
  problemOfCard,
  problemOfDescription,
  problemOfPhone,
  problemOfStored,
} from "./validation.ts";

const today = { year: 2026, month: 3 };
const good = {
  card_holder: "Şükran Öz-Ak",
  pan: "4355084355084358",
  month: "12",
  year: "2030",
  cvc: "000",
};
const problem = (change: object, hasChoice = true) =>
  problemOfCard({ ...good, ...change }, today, hasChoice);

describe("a typed card", () => {
  test.each([
    {},
    { pan: "4546711234567890" },
    { pan: "374245455400126", cvc: "1234" },
    { month: "3", year: "26" },
    { card_holder: undefined },
    { instalment_key: "ji_1" },
    { save_card: true },
    { save_card: true, save_card_desc: "Kartım", save_card_gsm: "0 (532) 123 45 67" },
    { save_card: false, save_card_desc: "", save_card_gsm: "" },
  ])("%j is right", (change) => expect(problem(change)).toBeUndefined());

  test.each([
    [1, { pan: "" }],
    [1, { pan: undefined }],
    [2, { pan: "4355084355084359" }],
    [2, { pan: "43550843" }],
    [2, { pan: "4355084355O84358" }],
    [3, { cvc: "" }],
    [4, { cvc: "12" }],
    [4, { cvc: "1234" }],
    [4, { pan: "374245455400126", cvc: "123" }],
    [5, { month: "" }],
    [6, { month: "Ocak" }],
    [7, { month: "13" }],
    [7, { month: "0" }],
    [8, { year: "" }],
    [9, { year: "yıl" }],
    [10, { year: "203" }],
    [11, { year: "2025" }],
    [11, { month: "02", year: "26" }],
    [13, { instalment_key: "" }],
    [14, { instalment_key: "3" }],
    [15, { card_holder: "" }],
    [16, { card_holder: "4355 0843" }],
    [16, { card_holder: "..." }],
    [17, { save_card: true, save_card_desc: "" }],
    [18, { save_card: true, save_card_gsm: "" }],
    [19, { save_card: true, save_card_gsm: "beş" }],
    [20, { save_card: true, save_card_gsm: "02121234567" }],
  ])("has problem %d with %j", (code, change) => expect(problem(change)).toBe(code));

  test("no instalments to choose from need no choice", () => {
    expect(problem({ instalment_key: "" }, false)).toBeUndefined();
  });
});

test("of a stored card its choice is needed, and a code that was typed must be one", () => {
  expect(problemOfStored({}, false)).toBe(21);
  expect(problemOfStored({ card_hash: "" }, false)).toBe(21);
  expect(problemOfStored({ card_hash: "h1", cvc: "1" }, false)).toBe(4);
  expect(problemOfStored({ card_hash: "h1", instalment_key: "" }, true)).toBe(13);
  expect(problemOfStored({ card_hash: "h1", cvc: "000" }, false)).toBeUndefined();
});
test("a description and a phone for a stored card are checked alone too", () => {
  expect(problemOfDescription("")).toBe(17);
  expect(problemOfDescription("İş kartım")).toBeUndefined();
  expect(problemOfPhone("+90 532 123 45 67")).toBeUndefined();
  expect(problemOfPhone("5321234")).toBe(20);
});
