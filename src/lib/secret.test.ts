import { Writable } from "node:stream";
import { format, inspect } from "node:util";
import { pino } from "pino";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

const TEXT = "4355084355084358";
const secret = new Secret(TEXT);

function logged(thing: object): string {
  const lines: string[] = [];
  const out = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const log = pino({ level: "info" }, out);
  log.info(thing, "%s %j %o", secret, secret, secret);
  return lines.join("");
}

test.each([
  ["a template", () => `${secret}`],
  ["joining", () => [secret, secret].join()],
  ["String", () => String(secret)],
  ["JSON", () => JSON.stringify({ card: { pan: secret }, list: [secret] })],
  ["inspect", () => inspect({ deep: { deeper: { deepest: secret } } }, { depth: 9 })],
  ["inspect with everything shown", () => inspect(secret, { showHidden: true, depth: 9 })],
  ["format", () => format("%s %o %O %j %d", secret, secret, secret, secret, secret)],
  ["an error's message", () => String(new Error(`card ${secret}`))],
  ["pino", () => logged({ pan: secret, deep: { pan: secret }, list: [secret] })],
  ["a copy", () => JSON.stringify({ ...secret })],
  ["its names", () => JSON.stringify(Object.getOwnPropertyNames(secret))],
])("%s does not show it", (_how, print) => {
  const printed = print();
  expect(printed.length).toBeGreaterThan(0);
  expect(printed).not.toContain(TEXT);
});

test("it opens for whoever may", () => expect(secret.open()).toBe(TEXT));

test("its parts are secrets too", () => {
  const parts = new Secret("one\u0000two").parts("\u0000");
  expect(parts.map((part) => part.open())).toEqual(["one", "two"]);
  expect(JSON.stringify(parts)).toBe('["[hidden]","[hidden]"]');
});
