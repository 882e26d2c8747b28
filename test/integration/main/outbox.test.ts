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

test("what a sandbox would have sent is read on the command line", async () => {
  expect((await product.command("outbox")).said).toBe("Nothing has been written yet.\n");
  const link = {
    name_surname: "Ece Tan",
    amount: "249.90",
    note: "Mayıs",
    email: "ece@musteri.example",
    send_mail: true,
    phone: "0532 111 22 33",
    send_sms: true,
  };
  const made = await product.post("v1/mailorder/create", link);
  expect(made).toMatchObject({ status: 200, body: { code: 0 } });
  const url = String(made.body["url"]);

  const { code, said } = await product.command("outbox");
  expect(code).toBe(0);
  expect(said).toMatch(/^\d.+ 10001 {2}email {2}ece@musteri\.example {2}link$/m);
  expect(said).toMatch(/^\d.+ 10001 {2}sms {2}5321112233 {2}link$/m);
  expect(said).toContain(`    ${url}\n`);
  expect(said).toContain("    Sayın Ece Tan,\n");

  const last = await product.command("outbox", "--company", "10001", "--last", "1", "--json");
  expect(JSON.parse(last.said)).toEqual([
    expect.objectContaining({ company: "10001", channel: "sms", recipient: "5321112233" }),
  ]);
});

test.each([
  [["--company", "99999"], "No such sandbox merchant\n"],
  [["--last", "0"], '--last must be a whole number from 1, not "0".\n'],
  [["--last", "many"], '--last must be a whole number from 1, not "many".\n'],
  [["--last", "999"], "limit is a whole number from 1 to 500"],
])("outbox %j is refused in a sentence", async (words, sentence) => {
  const { code, said } = await product.command("outbox", ...words);
  expect([code, said]).toEqual([1, expect.stringContaining(sentence)]);
});
