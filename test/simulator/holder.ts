import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { ver3Hash } from "../../src/acquirers/nestpay/hash.rules.ts";
import { type BankClient, CARD, type Document } from "./bank.ts";

const STORE_KEY = "SIMKEY01";
/** Long enough for a browser to overtake itself, were it let. */
const SHOP_MS = 200;
/** Nobody listens there: these tests read what a browser would post. */
const SHOP = "http://127.0.0.1:9";

/** A signed form as a shop's page gives it to the browser; `undefined` leaves a field out. */
export function formOf(
  oid: string,
  more: Readonly<Record<string, string | undefined>> = {},
  shop = SHOP,
): Document {
  const all = {
    ...{ clientid: "990000001", storetype: "3d", amount: "150.75", oid, rnd: "5f1d3c", lang: "tr" },
    ...{ okUrl: `${shop}/ok`, failUrl: `${shop}/fail`, currency: "949", taksit: "" },
    ...{ TranType: "Auth", hashAlgorithm: "ver3", pan: CARD, cv2: "000" },
    ...{ Ecom_Payment_Card_ExpDate_Month: "12", Ecom_Payment_Card_ExpDate_Year: "30", ...more },
  };
  const fields = Object.fromEntries(
    Object.entries(all).filter((field): field is [string, string] => field[1] !== undefined),
  );
  return { hash: ver3Hash(fields, STORE_KEY), ...fields };
}

type Posted = Readonly<{
  action: string;
  method: string;
  charset: string;
  fields: Document;
  pairs: [string, string][];
  body: string;
}>;
/** What the headless door of the page answers. */
export type Resolved = Posted &
  Readonly<{
    action: string | null;
    state: string;
    ending: string;
    mdStatus: string;
    triesLeft: number;
    repeat: number;
    delayMs: number;
    posts: Posted[];
  }>;

/** Whether a return's hash is the one of its fields, as a merchant reckons it. */
export const isGenuine = (fields: Document, key = STORE_KEY): boolean =>
  fields.HASH !== undefined && fields.HASH === ver3Hash(fields, key);

const plain = (text: string) =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

/** The forms of a page of the bank, each with its hidden fields. */
export function formsIn(page: string) {
  return [...page.matchAll(/<form [^>]*?action="([^"]*)"[^>]*>([\s\S]*?)<\/form>/g)].map(
    ([, action = "", inner = ""]) => {
      const inputs = inner.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g);
      const fields = [...inputs].map(([, name = "", value = ""]) => [plain(name), plain(value)]);
      return { action: plain(action), fields: Object.fromEntries(fields) as Document };
    },
  );
}

/** What a browser can do at the bank, without its window. */
function browserOf(bank: { url: string }) {
  const gate = async (form: Document, prefix = "/akbank-est") => {
    const reply = await fetch(`${bank.url}${prefix}/fim/est3Dgate`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams(form),
    });
    const location = reply.headers.get("location") ?? "";
    return { status: reply.status, location, headers: reply.headers, text: await reply.text() };
  };
  /** Opens a session and says its number; the form must be one that the bank takes. */
  const open = async (oid: string, more: Record<string, string | undefined> = {}) => {
    const { status, location, text } = await gate(formOf(oid, more));
    if (status !== 303) throw new Error(`The gate answered ${status}: ${text}`);
    return location.slice("/acs/".length);
  };
  const page = async (sid: string, query = "") => {
    const reply = await fetch(`${bank.url}/acs/${sid}${query}`);
    return { status: reply.status, headers: reply.headers, text: await reply.text() };
  };
  const press = (sid: string, fields: [string, string][]) =>
    fetch(`${bank.url}/acs/${sid}`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams(fields),
    });
  const resolve = async (sid: string, asked: object): Promise<Resolved> => {
    const reply = await fetch(`${bank.url}/acs/${sid}/resolve`, {
      method: "POST",
      body: JSON.stringify(asked),
    });
    if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
    return (await reply.json()) as Resolved;
  };
  return { gate, open, page, press, resolve };
}

/** A card holder with a browser, the merchant who charges, and the bank's book for both. */
export function holderOf(bank: BankClient & { url: string }) {
  const browser = browserOf(bank);
  const { open, resolve } = browser;
  /** A whole way to an authenticated holder. */
  const authenticate = async (oid: string, more: Record<string, string | undefined> = {}) =>
    resolve(await open(oid, more), { result: "approve" });
  const provision = (fields: Document, more: Document = {}) =>
    bank.ask({
      ...{ Name: "SIMAPI", Password: "SIMPASS1", ClientId: "990000001", Mode: "P" },
      ...{ Type: "Auth", OrderId: fields.oid ?? "", Total: fields.amount ?? "" },
      ...{ Currency: fields.currency ?? "", Taksit: fields.taksit ?? "", Number: fields.md ?? "" },
      ...{ PayerTxnId: fields.xid ?? "", PayerSecurityLevel: fields.eci ?? "" },
      ...{ PayerAuthenticationCode: fields.cavv ?? "", ...more },
    });
  /** Every request that asked the bank for money on this order. */
  const charges = async (orderNo: string) => {
    const { body } = await bank.admin("GET", `/requests?orderNo=${orderNo}`);
    return body.requests.filter(({ op }) => op === "sale" || op === "preauth");
  };
  const session = async (orderNo: string) => {
    const { body } = await bank.admin("GET", `/sessions?orderNo=${orderNo}`);
    return body.sessions.at(-1);
  };
  return { ...browser, authenticate, provision, charges, session };
}

/**
 * A shop that writes down what browsers bring back, and how many earlier posts it had answered by
 * then. It takes its time for each answer, and ends with its test.
 */
export async function openShop() {
  const posts: { method: string; url: string; body: string; answered: number }[] = [];
  let answered = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method = "", url = "" } = request;
      const body = Buffer.concat(parts).toString("latin1");
      if (url !== "/favicon.ico") posts.push({ method, url, body, answered });
      setTimeout(() => {
        answered += 1;
        response.setHeader("content-type", "text/html");
        // Takes the whole window, as a shop's page does that was shown in a frame.
        response.end("<h1>Shop</h1><script>if (top !== window) top.location = '/top'</script>");
      }, SHOP_MS);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts };
}
