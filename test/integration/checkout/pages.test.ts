import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Acquirer, FindAcquirer, Returned } from "../../../src/acquirers/index.ts";
import { formsOf } from "../../support/forms.ts";
import { type Page, payerOf } from "../../support/payer.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>&amp;'`;
const SHOWN = "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;";

/** What the bank is made to say next in the place of its own words. */
let said: Returned | undefined;
const talkative =
  (find: FindAcquirer): FindAcquirer =>
  (pos) => {
    const bank: Acquirer = find(pos);
    return {
      abilities: bank.abilities,
      challenge: (order) => bank.challenge(order),
      resume: (order, posted) => said ?? bank.resume(order, posted),
      charge: (order) => bank.charge(order),
      capture: (order) => bank.capture(order),
      void: (order) => bank.void(order),
      refund: (order) => bank.refund(order),
      inquire: (question) => bank.inquire(question),
    };
  };

let world: TestWorld;
let payer: ReturnType<typeof payerOf>;
beforeAll(async () => {
  world = await createWorld({ wrapBank: talkative, merchant: { name: `Örnek ${HOSTILE}` } });
  payer = payerOf(world);
});
afterAll(() => world.close());

async function whenSaid(words: Returned, more: object = {}) {
  said = words;
  try {
    return (await payer.goThrough(await payer.start(more))).page;
  } finally {
    said = undefined;
  }
}

/** Nothing of what came from outside is markup, runs, or loads anything. */
function expectTame(page: Page): void {
  const tags = page.text.match(/<[a-z][^>]*>/gi) ?? [];
  expect(tags.filter((tag) => /^<(img|svg|iframe|object|embed|base|meta http)/i.test(tag))).toEqual(
    [],
  );
  const scripts = tags.filter((tag) => /^<script/i.test(tag));
  const policy = page.headers.get("content-security-policy") ?? "";
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  expect(nonce).toMatch(/^[\w+/=]{20,}$/);
  for (const tag of scripts) {
    expect(tag).toMatch(/^<script src="\/public\/hosted\/[a-z]+\.js" /);
    expect(tag).toContain(` nonce="${nonce}"`);
  }
  expect(tags.filter((tag) => /\son[a-z]+\s*=/i.test(tag.replaceAll(/"[^"]*"/g, '""')))).toEqual(
    [],
  );
  expect(page.text).not.toContain("<script>");
  expect(page.text).not.toMatch(/(?:href|action|src)="\s*javascript:/i);
}

describe("words from outside are shown as text", () => {
  const no = { kind: "refused", reason: "authentication_failed", bankMessage: HOSTILE } as const;
  test("of a bank's no", async () => {
    const page = await whenSaid({ ...no, bankCode: "9" });
    expectTame(page);
    expect(page.text).toContain(`Bankanın yanıtı: <q lang="">${SHOWN}`);
    // The shop is told in our own words alone.
    expect(JSON.stringify(page.form?.fields)).not.toContain("alert");
  });
  test.each<[string, Returned]>([
    ["a status that says the contrary", { ...no, bankCode: "01" }],
    ["a return that nobody need have made", { kind: "unproven", why: "x", bankMessage: HOSTILE }],
  ])("but those of %s are not the bank's to a payer", async (_what, words) => {
    const page = await whenSaid(words);
    expectTame(page);
    expect(page.text).not.toContain(SHOWN);
    expect(page.text).not.toContain("Bankanın yanıtı: ");
  });
  test("of a reference, which goes back to the shop as it came", async () => {
    const reference_no = `<b>"1"</b>&'x'`;
    const { page } = await payer.goThrough(await payer.start({ reference_no }));
    expectTame(page);
    expect(page.text).not.toContain("<b>");
    expect(page.form?.fields["reference_no"]).toBe(reference_no);
  });
  test("of an address to return to", async () => {
    const return_url = "https://shop.example/a\"><script>alert(1)</script>?b='c'&d=<e>";
    const started = await payer.start({ return_url });
    const { page } = await payer.goThrough(started);
    expectTame(page);
    expect(page.form?.action).toBe(new URL(return_url).href);
    expect(page.form?.action).toMatch(/^https:\/\/shop\.example\/a%22%3E%3Cscript%3E/);
  });
  test("of names, notes and the firm itself, on the way to the bank", async () => {
    const notes = { card_holder: HOSTILE.slice(0, 50), description: HOSTILE, user_id: "<b>u</b>" };
    const started = await payer.start({ ...notes, agent_reference_no: "<i>1</i>" });
    const gate = await payer.get(String(started.body["post_url"]));
    expectTame(gate);
    expect(gate.text).not.toMatch(/<b>|<i>/);
  });
  test("of names in the page's own address", async () => {
    const query = new URLSearchParams({ session_id: HOSTILE, token_id: HOSTILE, lang: HOSTILE });
    const page = await payer.get(`${world.url}/v1/paynetjgate/tds?${query}`);
    expectTame(page);
    expect(page.status).toBe(404);
    const path = `/v1/paynetjgate/return/${encodeURIComponent(HOSTILE)}/x`;
    const back = await payer.submit({ action: `${world.url}${path}`, fields: { a: HOSTILE } });
    expectTame(back);
  });
  test("of a form's tag: its origin hears, and nothing else of it is in the page", async () => {
    const tag = { domain: `https://shop.example/${HOSTILE}`, name: HOSTILE, description: HOSTILE };
    const forms = formsOf(world);
    const names = await forms.enter(tag, { do_3ds: true, description: HOSTILE });
    const gate = `${world.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}`;
    const page = await payer.comeBack(
      await payer.resolve(await payer.toBank(gate), { result: "approve" }),
    );
    expectTame(page);
    expect(page.text).toContain('data-origin="https://shop.example"');
    expect(page.text).not.toContain("alert");
  });
  test.each([["not an address"], ["javascript:alert(1)"], ["file:///etc/passwd"], ["//x"], [""]])(
    "of %j as a shop's domain, which is nobody to hear",
    async (domain) => {
      const names = await formsOf(world).enter({ domain }, { do_3ds: true });
      const gate = `${world.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}`;
      const sid = await payer.toBank(gate);
      const page = await payer.comeBack(await payer.resolve(sid, { result: "approve" }));
      expectTame(page);
      expect(page.text).toContain('data-origin="*"');
    },
  );
});

test("what is read and told after a no is in the payer's language", async () => {
  const started = await payer.start();
  const sid = await payer.toBank(`${String(started.body["post_url"])}&lang=en`);
  const { posts } = await payer.resolve(sid, { result: "reject" });
  const { action, body } = posts.at(-1)!;
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "accept-language": "en",
  };
  const text = await (await fetch(action, { method: "POST", headers, body })).text();
  expect(text).toContain("<h1>The card was not verified</h1>");
  expect(text).toContain("Nothing was taken from the card");
  expect(text).toContain("The code was not confirmed, or it was cancelled");
  expect(text).not.toContain("The bank's answer");
  expect(text).toContain('name="message" value="3-D Secure was not passed');
});

test("a tag that hides 3-D errors has the frame closed, and nobody is charged", async () => {
  const forms = formsOf(world);
  const names = await forms.enter({ show_tds_error: false }, { do_3ds: true });
  const gate = `${world.url}/v1/paynetjgate/tds?${new URLSearchParams(names)}`;
  const sid = await payer.toBank(gate);
  const page = await payer.comeBack(await payer.resolve(sid, { result: "reject" }));
  expect(page.text).toContain('data-message="command=close-iframe"');
  expect((await forms.charge(names)).body).toMatchObject({ code: 16, is_succeed: false });
});
