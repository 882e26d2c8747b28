import fc from "fast-check";
import { expect, test } from "vitest";
import { newId } from "../lib/id.ts";
import { keyringOf } from "../lib/seal.ts";
import { handleOf, readHandle, readReceiptToken, receiptTokenOf } from "./handle.ts";

const ringOf = (byte: number) => keyringOf(Buffer.alloc(32, byte).toString("base64"));
const [ring, otherRing] = [ringOf(7), ringOf(8)];
const times = fc.date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true });
const names = fc.record({ merchantAt: times, at: times });
const PREFIX = "js_EAAAA";

test("a session's handle leads to the session, and a receipt's token to the charge", () => {
  fc.assert(
    fc.property(names, ({ merchantAt, at }) => {
      const merchantId = newId("mer", merchantAt);
      const session = { merchantId, id: newId("ses", at) };
      expect(readHandle(ring, handleOf(ring, session))).toEqual(session);
      const receipt = { merchantId, attemptId: newId("att", at) };
      const token = receiptTokenOf(ring, receipt);
      expect(token).toMatch(/^[\w-]{51}$/);
      expect(readReceiptToken(ring, token)).toEqual(receipt);
    }),
  );
});

test("neither is the other, though both name the same characters", () => {
  const merchantId = newId("mer", new Date(0));
  const id = newId("ses", new Date(1));
  const token = receiptTokenOf(ring, { merchantId, attemptId: `att_${id.slice(4)}` });
  const handle = handleOf(ring, { merchantId, id });
  expect(readHandle(ring, PREFIX + token)).toBeUndefined();
  expect(readReceiptToken(ring, handle.slice(PREFIX.length))).toBeUndefined();
  expect(readReceiptToken(ring, handle)).toBeUndefined();
});

test("one changed character, another key or any other text leads nowhere", () => {
  const receipt = { merchantId: newId("mer", new Date(0)), attemptId: newId("att", new Date(1)) };
  const token = receiptTokenOf(ring, receipt);
  const letters = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0189-_");
  fc.assert(
    fc.property(fc.nat({ max: token.length - 1 }), letters, (at, letter) => {
      const other = token.slice(0, at) + letter + token.slice(at + 1);
      if (other !== token) expect(readReceiptToken(ring, other)).toBeUndefined();
    }),
  );
  expect(readReceiptToken(otherRing, token)).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readReceiptToken(ring, text)).toBeUndefined();
      expect(readHandle(ring, PREFIX + text)).toBeUndefined();
    }),
  );
});

test("a handle is read whole: no character of it may be another, missing, or one more", () => {
  const names = { merchantId: newId("mer", new Date(0)), id: newId("ses", new Date(1)) };
  const handle = handleOf(ring, names);
  const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= "];
  const led: string[] = [];
  const read = (text: string) => {
    if (text !== handle && readHandle(ring, text)) led.push(text);
  };
  for (let at = 0; at <= handle.length; at += 1) {
    const [before, after] = [handle.slice(0, at), handle.slice(at + 1)];
    read(before + after);
    read(before);
    for (const letter of alphabet) {
      read(before + letter + after);
      read(before + letter + handle.slice(at));
    }
  }
  expect(led).toEqual([]);
  expect(readHandle(ring, handle)).toEqual(names);
  expect(readHandle(otherRing, handle)).toBeUndefined();
});
