import { expect } from "vitest";
import type { Challenge } from "../../src/acquirers/index.ts";

/** One way back of a browser, as the exact bytes that a merchant receives. */
export type Back = Readonly<{ action: string; method: string; bytes: Uint8Array }>;
/** Where a browser stands after the bank's gate: on its page, on the way back, or both. */
export type Entered = Readonly<{ sid: string | undefined; back: readonly Back[] }>;

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};
const unescaped = (text: string): string =>
  text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? entity);

/** The forms of a page by which the bank sends a browser back. */
function formsOf(page: string): Back[] {
  return [...page.matchAll(/<form [^>]*method="(\w+)" action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(
    ([, method = "", action = "", inside = ""]) => {
      const inputs = [...inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)];
      const pairs = inputs.map(([, name = "", value = ""]) => [unescaped(name), unescaped(value)]);
      const bytes = Buffer.from(new URLSearchParams(pairs).toString());
      return { action: unescaped(action), method: method.toUpperCase(), bytes };
    },
  );
}

/** Posts a challenge's form as a browser does, and looks at where it is led. */
export async function enter({ url, fields }: Challenge): Promise<Entered> {
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(fields) });
  const sid = /\/acs\/([^?]+)/.exec(response.url)?.[1];
  // The forms of the bank's own page have no host in their address.
  const back = formsOf(await response.text()).filter(({ action }) => URL.canParse(action));
  return { sid, back };
}

type Resolved = Readonly<{
  posts: readonly Readonly<{ action: string; method: string; body: string }>[];
  ending: string;
}>;

/** What the cardholder does on the page, and the ways back that follow. */
export async function resolve(bankUrl: string, sid: string, act: object): Promise<readonly Back[]> {
  const response = await fetch(`${bankUrl}/acs/${sid}/resolve`, {
    method: "POST",
    body: JSON.stringify(act),
  });
  const answer = (await response.json()) as Resolved;
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer.posts.map(({ action, method, body }) => ({
    action,
    method,
    bytes: Buffer.from(body, "latin1"),
  }));
}
