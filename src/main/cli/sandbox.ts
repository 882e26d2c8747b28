import { LINES } from "../clock-lines.rules.ts";
import { ConfigProblem } from "../config.ts";
import { findRunning } from "./running.ts";

/** The connection was lost after the answer had begun. */
export class BrokenOff extends Error {}

/** Where and as whom: a server elsewhere by its address, or the one on this data folder. */
async function reach(): Promise<{ url: string; token: string }> {
  const { VEZNE_URL: url, VEZNE_TOKEN: token } = process.env;
  if (url && token) return { url, token };
  const running = await findRunning();
  return { url: running.apiUrl, token: running.token };
}

/** Asks a sandbox route; what it refuses is said in its own sentence. */
async function send(path: string, body: object | undefined, accept: string): Promise<Response> {
  const { url, token } = await reach();
  const reply = await fetch(`${url}/_sandbox${path}`, {
    method: body ? "POST" : "GET",
    headers: {
      accept,
      authorization: `Bearer ${token}`,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ConfigProblem(`Vezne does not answer at ${url}. Is it running? Try \`npm start\`.`);
  });
  if (reply.ok) return reply;
  const { error } = (await reply.json()) as { error?: string };
  throw new ConfigProblem(error ?? "It was refused.");
}

/** Calls a sandbox route of the API; what it refuses is said in its own sentence. */
export async function callSandbox<T>(path: string, body?: object): Promise<T> {
  const reply = await send(path, body, "application/json");
  return (await reply.json()) as T;
}

/**
 * The same where the route answers with lines of JSON while it works. Throws `BrokenOff` where they
 * end in the middle.
 */
export async function* linesOfSandbox<T>(path: string, body: object): AsyncGenerator<T> {
  const reply = await send(path, body, LINES);
  let rest = "";
  try {
    for await (const part of reply.body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as T;
    }
  } catch (cause) {
    throw new BrokenOff("The answer broke off.", { cause });
  }
  if (rest) throw new BrokenOff("The answer ends in the middle of a line.");
}
