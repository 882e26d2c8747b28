import type { Command } from "commander";
import { ConfigProblem } from "../config.ts";
import { findRunning } from "./running.ts";

type Say = (line: string) => void;
type MerchantTime = { company: string; name: string; mode: string; now: string };

/** Where and as whom: a server elsewhere by its address, or the one on this data folder. */
async function reach(): Promise<{ url: string; token: string }> {
  const { VEZNE_URL: url, VEZNE_TOKEN: token } = process.env;
  if (url && token) return { url, token };
  const running = await findRunning();
  return { url: running.apiUrl, token: running.token };
}

async function call<T>(path: string, body?: object): Promise<T> {
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

const istanbul = new Intl.DateTimeFormat("tr-TR", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "Europe/Istanbul",
});

export function addClockCommands(program: Command, say: Say): void {
  const clock = program.command("clock").description("the movable clock of sandbox merchants");
  clock
    .command("now")
    .description("what time it is for each merchant, in Istanbul")
    .action(async () => {
      for (const each of await call<MerchantTime[]>("/clock")) {
        say(`${each.company}  ${istanbul.format(new Date(each.now))}  ${each.mode}  ${each.name}`);
      }
    });
  clock
    .command("advance")
    .argument("<span>", "how far forward: 90seconds, 2hours, 1day, 1month, PT2H")
    .option("--company <code>", "only this merchant's clock")
    .description("move the clock of sandbox merchants and of their bank forward")
    .action(async (span: string, { company }: { company?: string }) => {
      const answer = await call<{ moved: string[]; asked: number }>("/clock/advance", {
        by: span,
        company,
      });
      say(`Moved ${answer.moved.join(", ")} forward by ${span}.`);
      if (answer.asked > 0) say(`Asked the bank about ${answer.asked} attempts that fell due.`);
    });
}
