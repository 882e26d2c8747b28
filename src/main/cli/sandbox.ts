import { ConfigProblem } from "../config.ts";
import { findRunning } from "./running.ts";

/** Where and as whom: a server elsewhere by its address, or the one on this data folder. */
async function reach(): Promise<{ url: string; token: string }> {
  const { VEZNE_URL: url, VEZNE_TOKEN: token } = process.env;
  if (url && token) return { url, token };
  const running = await findRunning();
  return { url: running.apiUrl, token: running.token };
}

/** Calls a sandbox route of the API; what it refuses is said in its own sentence. */
export async function callSandbox<T>(path: string, body?: object): Promise<T> {
  const { url, token } = await reach();
  const reply = await fetch(`${url}/_sandbox${path}`, {
    method: body ? "POST" : "GET",
    headers: {
      authorization: `Bearer ${token}`,
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ConfigProblem(`Vezne does not answer at ${url}. Is it running? Try \`npm start\`.`);
  });
  const answer = await reply.json();
  if (!reply.ok) throw new ConfigProblem((answer as { error?: string }).error ?? "It was refused.");
  return answer as T;
}
