import type { Answer, TestWorld } from "./world.ts";
import { goodCard } from "./world.ts";

/** A form as a browser sees it in a page. */
export type PageForm = Readonly<{ action: string; fields: Readonly<Record<string, string>> }>;
/** A page with what a payer could read and post of it. */
export type Page = Readonly<{
  status: number;
  url: string;
  headers: Headers;
  text: string;
  form: PageForm | undefined;
}>;

const plain = (text: string) =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

const attribute = (tag: string, name: string): string =>
  plain(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "");

/** The first form of a page and its hidden fields. */
function formIn(text: string): PageForm | undefined {
  const form = /<form\b[^>]*>[\s\S]*?<\/form>/.exec(text)?.[0];
  if (!form) return undefined;
  const inputs = form.match(/<input\b[^>]*>/g) ?? [];
  const hidden = inputs.filter((tag) => attribute(tag, "type") === "hidden");
  return {
    action: attribute(/<form\b[^>]*>/.exec(form)![0], "action"),
    fields: Object.fromEntries(
      hidden.map((tag) => [attribute(tag, "name"), attribute(tag, "value")]),
    ),
  };
}

async function pageOf(reply: Response): Promise<Page> {
  const text = await reply.text();
  const { status, url, headers } = reply;
  return { status, url, headers, text, form: formIn(text) };
}

/** What the bank's page posts back, as its own headless door gives it out. */
export type Resolved = Readonly<{
  action: string | null;
  method: "POST" | "GET";
  fields: Record<string, string>;
  body: string;
  posts: readonly Readonly<{ action: string; method: "POST" | "GET"; body: string }>[];
  state: string;
}>;

export type Names = Readonly<{ session_id: string; token_id: string }>;

const get = async (url: string) => pageOf(await fetch(url));
const submit = async ({ action, fields }: PageForm) =>
  pageOf(await fetch(action, { method: "POST", body: new URLSearchParams(fields) }));

/** Posts one of what the bank's page would post. */
async function sendBack({ action, method, body }: Resolved["posts"][number]): Promise<Page> {
  if (method === "GET") return get(`${action}?${body}`);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return pageOf(await fetch(action, { method: "POST", headers, body }));
}

/** The way from our page to the bank's, which gives the id of the payer's session there. */
function waysTo(bank: TestWorld["bank"]) {
  async function leave(gate: Page): Promise<string> {
    if (!gate.form?.action.startsWith(bank.url))
      throw new Error(`no way to the bank: ${gate.text}`);
    const page = await submit(gate.form);
    const sid = /\/acs\/([\w-]+)/.exec(page.url)?.[1] ?? /\/acs\/([\w-]+)/.exec(page.text)?.[1];
    if (!sid) throw new Error(`the bank shows no page: ${page.status} ${page.text.slice(0, 400)}`);
    return sid;
  }

  const toBank = async (gateUrl: string, posted?: PageForm["fields"]): Promise<string> =>
    leave(await (posted ? submit({ action: gateUrl, fields: posted }) : get(gateUrl)));

  /** The same of a payer who types the security code, should our page ask for it once more. */
  async function toBankTyping(gateUrl: string, cvc: string): Promise<string> {
    const gate = await get(gateUrl);
    if (!gate.form || !/<input\b[^>]*\bname="cvc"/.test(gate.text)) return leave(gate);
    const { action, fields } = gate.form;
    return toBank(new URL(action, gate.url).href, { ...fields, cvc });
  }

  return { toBank, toBankTyping };
}

/** Walks a payer's ways without a browser: what scripts would post is posted by hand. */
export function payerOf(world: Pick<TestWorld, "post" | "reference" | "bank">) {
  const { post, reference, bank } = world;
  const { toBank, toBankTyping } = waysTo(bank);

  /** Starts a 3-D payment as a shop's server does. */
  const start = (more: object = {}): Promise<Answer> =>
    post("v2/transaction/tds_initial", {
      ...{ amount: "100,00", reference_no: reference(), domain: "shop.example", ...goodCard },
      ...{ return_url: "http://127.0.0.1:9/shop/back", ...more },
    });

  /** Ends the bank's page: `approve`, `reject`, `cancel`, `timeout`, or a status and options. */
  async function resolve(sid: string, asked: object): Promise<Resolved> {
    const reply = await fetch(`${bank.url}/acs/${sid}/resolve`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(asked),
    });
    if (!reply.ok) throw new Error(`the bank's page: ${reply.status} ${await reply.text()}`);
    return (await reply.json()) as Resolved;
  }

  /** Posts what the bank's page would post: the page that the payer then sees. */
  const comeBack = (resolved: Resolved): Promise<Page> => sendBack(resolved.posts.at(-1)!);

  /** The whole way by the bank's page: names for the charge, and the last page seen. */
  async function goThrough(started: Answer, asked: object = { result: "approve" }) {
    const { session_id, token_id, post_url } = started.body as Names & { post_url: string };
    const resolved = await resolve(await toBank(post_url), asked);
    const page = await comeBack(resolved);
    return { names: { session_id, token_id }, page, resolved };
  }

  const charge = (names: Names, more: object = {}): Promise<Answer> =>
    post("v2/transaction/tds_charge", { ...names, ...more });

  return {
    get,
    submit,
    start,
    toBank,
    toBankTyping,
    resolve,
    comeBack,
    sendBack,
    goThrough,
    charge,
  };
}
