import { describe, expect, test } from "vitest";
import { digitsOf, groupNumber, regroup } from "./number.ts";

test.each([
  ["", ""],
  ["4355", "4355"],
  ["43550", "4355 0"],
  ["4355084355084358", "4355 0843 5508 4358"],
  ["374245455400126", "3742 454554 00126"],
  ["37424", "3742 4"],
])("%j is grouped as %j", (digits, grouped) => expect(groupNumber(digits)).toBe(grouped));

/** The bar is the caret. */
const edit = (after: string, before: string, deleted?: "backward" | "forward") => {
  const made = regroup({
    text: after.replace("|", ""),
    caret: after.indexOf("|"),
    before: digitsOf(before),
    deleted,
  });
  return `${made.text.slice(0, made.caret)}|${made.text.slice(made.caret)}`;
};

describe("the caret stays where the payer is", () => {
  test.each([
    ["4|", "", "4|"],
    ["43550|", "4355", "4355 0|"],
    ["43|55 0843", "455 0843", "43|55 0843"],
    ["4355 9|0843 5508 4358", "4355 0843 5508 4358", "4355 9|084 3550 8435 8"],
    ["4355-0843-5508-4358|", "", "4355 0843 5508 4358|"],
    ["|4355", "x", "|4355"],
    ["43550843550843580000000|", "4355084355084358000", "4355 0843 5508 4358 000|"],
  ])("%j after %j becomes %j", (after, before, expected) => {
    expect(edit(after, before)).toBe(expected);
  });
});
describe("deleting a space deletes the digit beyond it", () => {
  test.each([
    ["4355|0843", "4355 0843", "backward", "435|0 843"],
    ["4355|0843", "4355 0843", "forward", "4355| 843"],
    ["4355 084|", "4355 0843", "backward", "4355 084|"],
    ["|4355", "4355", "backward", "|4355"],
  ] as const)("%j of %j, %s, becomes %j", (after, before, deleted, expected) => {
    expect(edit(after, before, deleted)).toBe(expected);
  });
});
