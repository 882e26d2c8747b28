import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Command } from "commander";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { nextBusinessDay, plusDays } from "../../../src/lib/business-day.ts";
import { after, istanbulDay, istanbulDayOf } from "../../../src/lib/clock.ts";
import { addMarketplaceCommands } from "../../../src/main/cli/marketplace.ts";
import { systemClock } from "../../../src/main/clock.ts";
import { ConfigProblem } from "../../../src/main/config.ts";
import { WholeProduct } from "../../faults/whole.ts";
import { goodAccount, memberInput } from "../../support/members.ts";
import type { Envelope } from "../../support/paywall.ts";
import { line, type SaleBody, saleInput } from "../../support/sales.ts";

const HOUR_MS = 3_600_000;

let product: WholeProduct;
/** The last day up to which may be taken what is due. */
let day = "";
beforeAll(async () => {
  product = await WholeProduct.create();
  await product.start();
  await goToNoon();
});
afterAll(async () => {
  expect(await product.stop()).toBe(0);
  await product.remove();
});

/** Moves the merchant's clock to a noon in Istanbul: no midnight falls into these tests. */
async function goToNoon(): Promise<void> {
  const now = systemClock();
  const noon = after(istanbulDayOf(now).until, 12 * HOUR_MS);
  const seconds = Math.ceil((noon.getTime() - now.getTime()) / 1_000);
  const { code } = await product.command("clock", "advance", `PT${seconds}S`);
  expect(code).toBe(0);
  day = nextBusinessDay(plusDays(istanbulDay(noon), 1));
}

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

/** The command in this process, since each process takes its second to start. */
async function marketplace(...words: string[]): Promise<{ code: number; said: string }> {
  const said: string[] = [];
  const program = new Command().exitOverride();
  addMarketplaceCommands(program, (text) => void said.push(`${text}\n`));
  vi.stubEnv("VEZNE_DATA_DIR", product.folder);
  try {
    await program.parseAsync(["marketplace", ...words], { from: "user" });
    return { code: 0, said: said.join("") };
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    return { code: 1, said: error.message };
  } finally {
    vi.unstubAllEnvs();
  }
}

/** A sale of 100.00 of a new member, approved: it is due on the next business day. */
async function sellForMember(BankAccounts: readonly object[]): Promise<void> {
  const pair = (await product.command("keys", "pair", "public")).said.trim().split("\n");
  const headers = Object.fromEntries(pair.map((line) => line.split(": ", 2)));
  const post = async <Body>(service: string, body: object): Promise<Body> => {
    const reply = await fetch(`${product.urls.api}/api/paywall/${service}`, {
      ...{ method: "POST", headers: { ...headers, "content-type": "application/json" } },
      body: JSON.stringify(body),
    });
    const answer = (await reply.json()) as Envelope<Body>;
    expect(answer).toMatchObject({ ErrorCode: 0 });
    return answer.Body;
  };
  const ValueDate = { CalculationType: 1, CalculationValue: 1, Commission: 12 };
  const member = await post<{ Id: number }>("member", memberInput({ BankAccounts, ValueDate }));
  const products = [line("sku", 100, member.Id)];
  const sale = saleInput({ detail: { Amount: 100 }, products });
  const { Payment } = await post<SaleBody>("payment/startdirect", sale);
  await post("marketplace/approve/pw/payment", { PaymentId: Payment.PaymentId });
}

const file = path.join(tmpdir(), `vezne-due-${process.pid}.csv`);
const due = (...more: string[]) => marketplace("due", "10001", ...more);
async function fails(words: string[], why: string): Promise<void> {
  const said = expect.stringContaining(why);
  expect(await marketplace(...words)).toMatchObject({ code: 1, said });
}

test("a marketplace that pays by hand is shown what is due, and takes it into a file", async () => {
  await fails(["set", "10001", "distribution", "excel"], "manual-trigger needs");
  await fails(["due", "10001", "--out", file], "by hand is paid with distribution excel");
  expect((await marketplace("set", "10001", "manual-trigger", "off")).code).toBe(0);
  expect((await marketplace("set", "10001", "distribution", "excel")).code).toBe(0);
  expect(await due("--out", file)).toMatchObject({
    code: 0,
    said: expect.stringContaining("Nothing is due up to"),
  });
  await sellForMember([goodAccount]);
  await sellForMember([]);
  await fails(["due", "10001", "--day", "2099-01-05", "--out", file], `up to ${day}, the next`);
  await fails(["due", "10001"], "--out where to write");
  await fails(["due", "10001", "--out", "due.pdf"], "ends in .");
  const nowhere = path.join(tmpdir(), "vezne-nowhere", "due.csv");
  await fails(["due", "10001", "--day", day, "--out", nowhere], "Nothing was taken");
  const shown = (await due("--day", day, "--preview")).said;
  expect(shown).toContain("2 transfers of 107.20 TRY. Nothing is taken yet.");
  const taken = (await due("--day", day, "--out", file, "--by", "Ayşe")).said;
  expect(taken).toContain(`Batch 1, due up to ${day}: 2 transfers of 107.20 TRY in ${file}.`);
  expect(taken).toMatch(
    /1 receiver has no account.*\n.*why\n.*Ada Kitap.* 88\.00 .*no TRY account/,
  );
  const content = await readFile(file, "utf8");
  await rm(file);
  expect((await due("--batch", "1", "--out", file)).said).toContain("Batch 1 again: 2 transfers");
  expect(await readFile(file, "utf8")).toBe(content);
  expect((await due("--day", day, "--out", file)).said).toContain("Taken before and not marked");
});

test("what became of a file is said, undone by what undoes it alone, and listed", async () => {
  const content = await readFile(file, "utf8");
  const no = content.split("\r\n")[2]!.split('"')[1]!;
  await fails(["paid", "10001", "1", "--only", "77"], "Batch 1 has no transfer 77.");
  await fails(["unpaid", "10001", "1"], "Say why with --reason.");
  await fails(["returned", "10001", "1", "--reason", "IBAN", "--only", no], "say `unpaid`");
  const paid = await marketplace("paid", "10001", "1", "--reference", "EFT 7", "--by", "Ayşe");
  expect(paid.said).toMatch(/2 transfers marked as paid:\n(.*\n)*.* paid .* Ayşe +EFT 7\n/);
  await fails(["unpaid", "10001", "1", "--reason", "x"], "If the money came back, say `returned`");
  await fails(["due", "10001", "--batch", "1", "--out", file], "are marked; nothing of it");
  const back = ["returned", "10001", "1", "--only", no, "--reason", "IBAN yanlış"];
  expect((await marketplace(...back)).said).toContain("1 transfer marked as come back");
  const all = (await marketplace("batches", "10001", "1")).said;
  expect(all).toMatch(/came back +\d{4}-\d\d-\d\d .*IBAN yanlış/);
  expect((await due("--day", day, "--out", file)).said).toContain("Batch 2, due up to");
  // To pay, paid, not paid, come back.
  expect((await marketplace("batches", "10001")).said).toMatch(/\n +1 .* TRY +0 +1 +0 +1\n/);
  const switched = await marketplace("set", "10001", "distribution", "payout");
  expect(switched.said).toContain("stays on its way until it is marked");
  expect((await marketplace("batches", "10001", "--open")).said).toContain("88.00");
  expect((await marketplace("paid", "10001", "2")).code).toBe(0);
  expect((await marketplace("batches", "10001", "--open")).said).toContain("is marked.");
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
