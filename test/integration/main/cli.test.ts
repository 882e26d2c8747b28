import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WholeProduct } from "../../faults/whole.ts";

let product: WholeProduct;
beforeAll(async () => {
  product = await WholeProduct.create();
  await product.start();
});
afterAll(async () => {
  expect(await product.stop()).toBe(0);
  await product.remove();
});

const check = (key?: string) => product.post("v1/transaction/check", { reference_no: "none" }, key);

test("a new key works and a revoked one stops working within a second", async () => {
  const key = (await product.command("keys", "new")).said.trim();
  expect(key).toMatch(/^sck_/);
  expect((await check(key)).status).toBe(200);
  expect((await product.command("keys", "revoke", key)).code).toBe(0);
  await pause(1_100);
  expect((await check(key)).status).toBe(401);
  expect((await product.command("keys", "revoke", key)).said).toContain("no such active key");
});

test("a key for another address is refused here, and what is no address makes no key", async () => {
  const key = (await product.command("keys", "new", "--ip", "203.0.113.9")).said.trim();
  expect(await check(key)).toMatchObject({ status: 403, body: { result_code: 7 } });
  const wrong = await product.command("keys", "new", "--ip", "10.0.0.0/8");
  expect(wrong).toMatchObject({ code: 1, said: expect.stringContaining("is not an address") });
});

test("a new pair of the marketplace wire opens its own services and no others", async () => {
  const { said } = await product.command("keys", "pair", "public");
  const headers = Object.fromEntries(
    said
      .trim()
      .split("\n")
      .map((line) => line.split(": ", 2)),
  );
  const ask = (path: string) => fetch(`${product.urls.api}/api/paywall/${path}`, { headers });
  expect((await ask("payment/version")).status).toBe(200);
  expect((await ask("private/query")).status).toBe(401);
  const wrong = await product.command("keys", "pair", "secret");
  expect(wrong).toMatchObject({ code: 1, said: "A pair is public or private, not secret.\n" });
});

test("a marketplace that pays by hand is given a file of a day", async () => {
  const marketplace = (...words: string[]) => product.command("marketplace", ...words);
  const file = path.join(tmpdir(), `vezne-due-${process.pid}.xlsx`);
  const due = () => marketplace("due", "10001", "--day", "2026-03-09", "--out", file);
  const ordered = await marketplace("set", "10001", "distribution", "excel");
  expect(ordered).toMatchObject({ code: 1, said: expect.stringContaining("manual-trigger needs") });
  expect(await due()).toMatchObject({ code: 1, said: expect.stringContaining("by hand") });
  expect((await marketplace("set", "10001", "manual-trigger", "off")).code).toBe(0);
  expect((await marketplace("set", "10001", "distribution", "excel")).code).toBe(0);
  expect(await due()).toEqual({ code: 0, said: `0 transfers of 2026-03-09 in ${file}.\n` });
  expect((await readFile(file)).subarray(0, 2).toString()).toBe("PK");
  await rm(file);
});

test("keys are listed by their beginning, never whole", async () => {
  const { said } = await product.command("keys", "list");
  expect(said).toContain("secret  active");
  expect(said).toContain("revoked");
  expect(said).not.toMatch(/sck_[A-Za-z0-9+/]{10}/);
});

test("a blocked merchant is refused within a second and served again once open", async () => {
  expect((await product.command("merchants", "list")).said).toContain("10001  sandbox  active");
  expect((await product.command("merchants", "block", "10001")).code).toBe(0);
  await pause(1_100);
  expect(await check()).toMatchObject({ status: 403, body: { result_code: 2 } });
  expect((await product.command("merchants", "open", "10001")).code).toBe(0);
  await pause(1_100);
  expect((await check()).status).toBe(200);
  const nobody = await product.command("merchants", "block", "10001", "--agent", "99");
  expect(nobody).toMatchObject({ code: 1, said: "There is no agent 99.\n" });
});

test("the clock of the merchant and of its bank moves by a command", async () => {
  expect((await product.command("clock", "advance", "1month")).said).toContain("Moved 10001");
  expect((await product.command("clock", "now")).said).toMatch(/^10001 .*sandbox/);
  const wrong = await product.command("clock", "advance", "-1day");
  expect(wrong.code).toBe(1);
  expect((await product.command("clock", "advance", "yesterday")).said).toContain(
    "no span forward",
  );
});

test("a second start on the same folder says who uses it, and leaves it alone", async () => {
  const { code, said } = await product.command("start");
  expect(code).toBe(1);
  expect(said).toMatch(/Another Vezne \(process \d+ .*\) is using the data in /);
  expect((await check()).status).toBe(200);
});
