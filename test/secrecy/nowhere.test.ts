import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { messagesOf } from "../support/codes.ts";
import { asOwner } from "../support/database.ts";
import { leaksIn, leaksInDatabase } from "../support/leaks.ts";
import { openShop } from "../support/shop.ts";
import { typeEverywhere } from "./everywhere.ts";
import { type Heard, listenTo, textOf } from "./heard.ts";
import { goodAndBadDays, openStage, type Stage } from "./run.ts";
import { CVC, escaped, MASK, OTHER, PAN, written } from "./typed.ts";

let stage: Stage;
let ear: ReturnType<typeof listenTo>;
let secrets: string[];
let sent = 0;
const codes: string[] = [];

beforeAll(async () => {
  stage = await openStage(await openShop());
  const { world, second } = stage;
  ear = listenTo([world.url, second.url]);
  // What follows the prefix: the prefix alone is no secret, and what rests may be without it.
  const key = world.merchant.secretKey.slice(4);
  secrets = [...written, ...escaped, key, key.replaceAll(/[+/=]/g, ""), ...ringKeys()];
  await goodAndBadDays(stage, codes);
  ({ sent } = await typeEverywhere(world));
}, 600_000);
afterAll(async () => {
  ear.stop();
  stage.shop.close();
  await stage.second.close();
  await stage.world.close();
});

const ringKeys = () => Object.values(stage.world.deps.ring).map((key) => key.toString("base64"));
const sql = async (statement: string) =>
  (await asOwner(stage.world.database.ownerUrl, statement)).rows;

describe("the run did what it says", () => {
  test("money moved, was refused and was in doubt, with and without the bank's page", async () => {
    const report = await stage.world.isSound();
    expect(report.findings.length).toBeGreaterThan(5);
    const rows = await sql(
      `select kind, a.status, details ->> 'is_tds' as tds, count(*)::int as n
        from payment_attempts a join payments p on p.id = payment_id group by 1, 2, 3`,
    );
    const seen = new Set(rows.map(({ kind, status, tds }) => `${kind} ${status} ${tds ?? "-"}`));
    for (const each of ["sale approved -", "sale declined -", "hold approved -"]) {
      expect(seen).toContain(each);
    }
    for (const each of ["sale approved true", "sale declined true", "hold approved true"]) {
      expect(seen).toContain(each);
    }
    expect(seen).toContain("sale approved false");
    expect([...seen].join()).toMatch(/capture approved.*refund approved|refund.*capture approved/);
  });
  test("payers were let through, refused, and left on their way", async () => {
    const rows = await sql("select status, count(*)::int as n from checkout_tokens group by 1");
    const seen = Object.fromEntries(rows.map(({ status, n }) => [status, n]));
    for (const status of ["ready", "challenged", "authenticated", "refused"]) {
      expect([status, seen[status] > 0]).toEqual([status, true]);
    }
  });
  test("cards and links were kept, people were written to, and the shop was told", async () => {
    const [row] = await sql(
      `select (select count(*) from cards where owner_id is not null) > 3 as cards,
        (select count(*) from cards where deleted_at is not null) > 3 as forgotten,
        (select count(*) from pay_links where status = 'paid') as paid,
        (select count(*) from vault_keys) as keys`,
    );
    expect(row).toEqual({ cards: true, forgotten: true, paid: "1", keys: "1" });
    const purposes = (await messagesOf(stage.world)).map(({ purpose }) => purpose);
    const all = ["link", "receipt", "card_code", "receipt_code", "subscription"];
    expect(new Set(purposes)).toEqual(new Set(all));
    expect(stage.shop.heard.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/told", "/back"]),
    );
  });
  test("every member of every service was sent a number, and notes keep its mask", async () => {
    expect(sent).toBeGreaterThan(300);
    expect(ear.heard.length).toBeGreaterThan(sent);
    const [row] = await sql(
      `select count(*)::int as n from payments where details ->> 'note' like '%${MASK}%'`,
    );
    expect(row?.["n"]).toBeGreaterThan(1);
    const [link] = await sql(
      `select terms ->> 'note' as note from pay_links where terms ->> 'note' like 'kart%'`,
    );
    expect(link).toEqual({ note: `kart ${MASK} cvc ***` });
  });
});

describe("no card number, card code or key", () => {
  test("rests in the database or in its queue", async () => {
    const { leaks, values, tables } = await leaksInDatabase(stage.world.database.ownerUrl, secrets);
    expect(leaks).toEqual([]);
    expect(values).toBeGreaterThan(5_000);
    expect([...tables]).toEqual(
      expect.arrayContaining(["public.payments", "public.events", "graphile_worker._private_jobs"]),
    );
  });
  test("is logged, at the most talkative level, by either process", () => {
    for (const { lines } of [stage.world, stage.second]) {
      expect(lines.length).toBeGreaterThan(3);
      expect(leaksIn("log", lines.join(""), secrets)).toEqual([]);
    }
    const log = stage.world.lines.join("");
    expect(log).toContain("asked a bank");
    expect(log).toContain("a return that the bank need not have made");
  });
  test("is measured", async () => {
    for (const { url } of [stage.world, stage.second]) {
      const text = await (await fetch(`${url}/metrics`)).text();
      expect(text).toContain("vezne_http_request_seconds");
      // A measured double has as many digits as a card.
      const names = text.replaceAll(/ \S+$/gm, "");
      expect(leaksIn("metrics", names, secrets)).toEqual([]);
      expect(leaksIn("metrics", text, []).filter((leak) => leak.includes("code"))).toEqual([]);
    }
  });
  test("is told to the shop's server", () => {
    expect(leaksIn("notices", JSON.stringify(stage.shop.heard), secrets)).toEqual([]);
  });
  test("is written to anybody", async () => {
    const written = JSON.stringify(await messagesOf(stage.world));
    expect(leaksIn("messages", written, secrets)).toEqual([]);
  });
});

/** The form to the bank's page. */
const gateForm = /<form id="auto" method="post" action="([^"]*)"[\s\S]*?<\/form>/;
const isGate = ({ text }: Heard) => gateForm.exec(text)?.[1]?.startsWith(stage.world.bank.url);
const cardField = /<input type="hidden" name="(?:pan|cv2)" value="(\d+)">/g;

describe("a card's number is told in one place", () => {
  test("in the form to the bank's page, once, with its code and nothing beside", () => {
    const gates = ear.heard.filter(isGate);
    expect(gates.length).toBeGreaterThan(20);
    for (const { text, status } of gates) {
      expect(status).toBe(200);
      const told = Array.from(text.matchAll(cardField), ([, value]) => value);
      expect([[PAN], [OTHER], [PAN, CVC], [OTHER, CVC]]).toContainEqual(told);
      expect(leaksIn("gate", text.replaceAll(cardField, ""), secrets)).toEqual([]);
    }
  });
  test("by pages that no browser keeps, and that tell nobody where they were", () => {
    for (const { headers } of ear.heard.filter(isGate)) {
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    }
    const paths = ear.heard.filter(isGate).map(({ url }) => url.pathname);
    expect(new Set(paths)).toEqual(
      new Set(["/v1/paynetjgate/tds", "/v1/subscriptioncreatecardjgate/tds"]),
    );
  });
  test("and by no other page, answer, header or redirect", () => {
    const isPage = ({ url }: Heard) => url.pathname !== "/metrics";
    const others = ear.heard.filter((each) => !isGate(each) && isPage(each));
    expect(new Set(others.map(({ status }) => status)).size).toBeGreaterThan(6);
    for (const each of others) expect(leaksIn(each.url.href, textOf(each), secrets)).toEqual([]);
  });
  test("each form is given out once", () => {
    const nonces = ear.heard
      .filter(isGate)
      .map(({ text }) => /name="rnd" value="([^"]+)"/.exec(text)?.[1]);
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});

test("a code from a text message is in that message, and nowhere else", async () => {
  expect(codes).toHaveLength(2);
  const holds = (text: string) => codes.some((code) => new RegExp(`\\b${code}\\b`).test(text));
  const kept = (await messagesOf(stage.world)).filter(({ body }) => holds(body));
  expect(kept.map(({ purpose }) => purpose)).toEqual(["card_code", "receipt_code"]);
  const rows = await sql(
    `select t::text as row from payments t union all select t::text from payment_attempts t
      union all select t::text from events t union all select t::text from one_time_codes t
      union all select t::text from checkout_sessions t
      union all select t::text from graphile_worker._private_jobs t`,
  );
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.filter(({ row }) => holds(String(row)))).toEqual([]);
  expect(holds(stage.world.lines.join(""))).toBe(false);
  expect(holds(await (await fetch(`${stage.world.url}/metrics`)).text())).toBe(false);
  expect(ear.heard.filter((each) => holds(textOf(each)))).toEqual([]);
});
