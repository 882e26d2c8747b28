import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WholeProduct } from "../faults/whole.ts";
import { asOwner } from "../support/database.ts";
import { leaksIn } from "../support/leaks.ts";
import { type Names, payerOf } from "../support/payer.ts";
import { type Answer, goodCard } from "../support/world.ts";
import { CVC, grouped, MASK, OTHER, PAN, written } from "./typed.ts";

/** A number with which nobody pays here: planted, to see that it is found. */
const PLANTED = "4446760701569538";

let vezne: WholeProduct;
let payer: ReturnType<typeof payerOf>;
/** What a payer read from a text message. */
let code = "";
/** Every file that the product has written, by its path in the data folder. */
const files = new Map<string, Buffer>();

const post = async (route: string, body: object): Promise<Answer> => ({
  ...(await vezne.post(route, body)),
  headers: new Headers(),
});
let made = 0;
const reference = () => `W-${++made}`;
const pay = (more: object = {}) =>
  post("v2/transaction/payment", {
    ...{ ...goodCard, cvc: CVC, amount: "1,00", domain: "shop.example" },
    ...{ reference_no: reference(), ...more },
  });

/** What touches every process: bank's pages, jobs, errors, and numbers where they do not belong. */
async function aDay(): Promise<void> {
  await pay({ description: `kart ${grouped} cvc ${CVC}`, card_holder: PAN });
  await pay({ pan: OTHER, transaction_type: 3 });
  await pay({ reference_no: PAN });
  await vezne.bank("POST", "faults", {
    action: "reset_after_commit",
    match: { op: "sale" },
    times: 1,
  });
  await pay();
  await payer.goThrough(await payer.start({ cvc: CVC }), { result: "reject" });
  const { names } = await payer.goThrough(await payer.start({ cvc: CVC }));
  await payer.charge(names);
  const forged = { result: "approve", options: ["wrong_hash"] };
  await payer.goThrough(await payer.start({ cvc: CVC }), forged);
  const { url } = (
    await post("v1/mailorder/create", {
      ...{ amount: "5", name_surname: PAN, note: grouped },
      ...{ email: "ece@shop.example", send_mail: true, send_confirmation_mail: true },
      confirmation_url: `${vezne.urls.api}/healthz`,
    })
  ).body;
  const fields = { pan: OTHER, expiry: "12/30", cvc: CVC, card_holder: `Ece ${PAN}` };
  const gate = await payer.submit({ action: `${url}`, fields });
  const sid = /\/acs\/([\w-]+)/.exec((await payer.submit(gate.form!)).url)![1]!;
  await payer.comeBack(await payer.resolve(sid, { result: "approve" }));
  await post("v1/card/save", {
    ...{ card_number: PAN, card_holder: "Ece Tan", expire_month: 12, expire_year: 2030, cvv: CVC },
    ...{ card_desc: PAN, user_unique_id: "u-1" },
  });
  await post("v1/card/send_otp", { user_gsm: "5321112233", otp_session_id: "s-1" });
  const { said } = await vezne.command("outbox", "--json");
  code = /kodunuz ([0-9A-Z]{4})\b/.exec(said)?.[1] ?? "";
  await post("v1/card/check_otp", {
    ...{ user_gsm: "5321112233", otp_session_id: "s-1", otp_code: code },
  });
  await vezne.sandbox("clock/advance", { by: "2days" });
  for (const words of [["verify"], ["outbox"], ["vault", "rotate"]]) {
    const { said } = await vezne.command(...words);
    expect(leaksIn(words.join(" "), said, written)).toEqual([]);
  }
}

/** A restart in which the process that knows a security code ends between the page and the bank. */
async function aRestart(): Promise<void> {
  const { body } = await payer.start({ cvc: CVC });
  const { session_id, token_id } = body as Names;
  await vezne.killPart("api");
  await vezne.ready();
  const query = new URLSearchParams({ session_id, token_id });
  const page = await payer.get(`${vezne.urls.api}/v1/paynetjgate/tds?${query}`);
  expect(page.text).toContain(MASK);
  const action = `${vezne.urls.api}/v1/paynetjgate/tds`;
  const gate = await payer.submit({ action, fields: { session_id, token_id, cvc: CVC } });
  expect(gate.form?.action).toContain(vezne.urls.bank);
}

async function readAll(folder: string, under = ""): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const [place, name] = [path.join(folder, entry.name), path.join(under, entry.name)];
    if (entry.isDirectory()) await readAll(place, name);
    else if (entry.isFile()) files.set(name, await readFile(place));
  }
}

beforeAll(async () => {
  vezne = await WholeProduct.create({ VEZNE_LOG_LEVEL: "trace" });
  await vezne.start();
  const { bank } = vezne.urls;
  payer = payerOf({ post, reference, bank: { url: bank } } as Parameters<typeof payerOf>[0]);
  await aDay();
  await aRestart();
  const running = await readFile(path.join(vezne.folder, "running.json"), "utf8");
  const { ownerUrl } = JSON.parse(running) as { ownerUrl: string };
  await asOwner(ownerUrl, `create table planted as select '${PLANTED}' as note`);
  expect(await vezne.stop()).toBe(0);
  await readAll(vezne.folder);
}, 180_000);
afterAll(async () => {
  await vezne.stop();
  await vezne.remove();
});

const holding = (needles: readonly string[]): string[] =>
  [...files].flatMap(([name, bytes]) =>
    needles.flatMap((each) => (bytes.includes(each) ? [`${name}: ${each.slice(0, 6)}…`] : [])),
  );

test("every process has written its log, down to its smallest steps", () => {
  const logs = [...files.keys()].filter((name) => name.startsWith("logs/"));
  expect(logs.toSorted()).toEqual(["logs/api.log", "logs/simulator.log", "logs/worker.log"]);
  const api = files.get("logs/api.log")!.toString();
  for (const said of [
    "asked a bank",
    "a return that the bank need not have made",
    "left it open",
  ]) {
    expect(api).toContain(said);
  }
  expect(files.get("logs/worker.log")!.toString()).toContain('"level":10');
});

test("no log holds a card number, its code or one from a text message", () => {
  expect(code).toHaveLength(4);
  for (const [name, bytes] of files) {
    if (!/(^logs\/|\.log$)/.test(name)) continue;
    const log = bytes.toString();
    expect(leaksIn(name, log, written)).toEqual([]);
    expect([name, new RegExp(`\\b${code}\\b`).test(log)]).toEqual([name, false]);
  }
});

test("no file holds one: no table, no index, no journal of the database, no bank's book", () => {
  const names = [...files.keys()].join("\n");
  expect(names).toMatch(/pg_wal\/0/);
  expect(names).toMatch(/base\/\d+\/\d+/);
  expect(names).toContain("bank.sqlite");
  expect(holding(written)).toEqual([]);
});

test("a number that is written anywhere is found in the files", () => {
  const found = holding([PLANTED]).join("\n");
  expect(found).toMatch(/pg_wal\//);
  expect(found).toMatch(/base\/\d+\/\d+: 444676/);
});
