import fc from "fast-check";
import { expect, test } from "vitest";
import { bareId, idEdge, newId, packId, readGuid, unpackId } from "./id.ts";

const moment = fc.integer({ min: 0, max: 8_640_000_000_000 });

test("an id sorts by its birth", () => {
  fc.assert(
    fc.property(moment, moment, (one, other) => {
      fc.pre(one < other);
      expect(newId("pay", new Date(one)) < newId("pay", new Date(other))).toBe(true);
    }),
  );
});

test("an id has twenty characters that every bank takes", () => {
  fc.assert(
    fc.property(moment, (at) => {
      const id = newId("pay", new Date(at));
      expect(id).toMatch(/^pay_[0-9A-HJKMNP-TV-Z]{20}$/);
      expect(bareId(id)).toMatch(/^[0-9A-HJKMNP-TV-Z]{20}$/);
    }),
  );
});

test("ids made one after the other in one millisecond rise", () => {
  const now = new Date(1_772_614_800_000);
  const ids = Array.from({ length: 1_000 }, () => newId("att", now));
  expect(ids.toSorted()).toEqual(ids);
});

test("no two of a hundred thousand ids of one millisecond are the same", () => {
  const now = new Date(1_772_614_800_000);
  const ids = new Set(Array.from({ length: 100_000 }, () => newId("att", now)));
  expect(ids.size).toBe(100_000);
});

test("an edge lies before every id of its moment and after every earlier one", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8_640_000_000_000 }), (at) => {
      const edge = idEdge("pay", new Date(at));
      expect(edge < newId("pay", new Date(at))).toBe(true);
      expect(edge > newId("pay", new Date(at - 1))).toBe(true);
    }),
  );
});

test.each(["pay_", "pay_SHORT", "0123456789ABCDEFGHJ", `pay_${"a".repeat(20)}`, ""])(
  'bareId stops at "%s"',
  (text) => expect(() => bareId(text)).toThrow("twenty characters"),
);

test("packed and unpacked an id is itself, and other bytes are none", () => {
  fc.assert(
    fc.property(fc.nat(), fc.uint8Array({ minLength: 13, maxLength: 13 }), (at, bytes) => {
      const bare = bareId(newId("att", new Date(at)));
      expect(unpackId(packId(bare))).toBe(bare);
      const found = unpackId(Buffer.from(bytes));
      expect(found === undefined).toBe(bytes[0]! > 15);
      if (found) expect(packId(found)).toEqual(Buffer.from(bytes));
    }),
  );
  expect(unpackId(Buffer.alloc(12))).toBeUndefined();
});

test("a GUID is read in any case and with spaces around it, and nothing else is one", () => {
  fc.assert(
    fc.property(fc.uuid(), (guid) => {
      expect(readGuid(` ${guid.toUpperCase()}\n`)).toBe(guid);
      for (const other of [
        guid.slice(1),
        `${guid}0`,
        guid.replaceAll("-", ""),
        `g${guid.slice(1)}`,
      ]) {
        expect(readGuid(other)).toBeUndefined();
      }
    }),
  );
});
