import type { Command } from "commander";
import { ConfigProblem } from "../config.ts";
import { callSandbox } from "./sandbox.ts";

type Say = (line: string) => void;
type Shown = Readonly<{
  company: string;
  at: string;
  purpose: string;
  channel: string;
  recipient: string;
  subject: string;
  body: string;
}>;
type Options = Readonly<{ company?: string; last: string; json?: boolean }>;

const istanbul = new Intl.DateTimeFormat("tr-TR", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "Europe/Istanbul",
});

function lettersOf({ company, last }: Options): Promise<Shown[]> {
  if (!/^[1-9]\d{0,2}$/.test(last)) {
    throw new ConfigProblem(`--last must be a whole number from 1, not "${last}".`);
  }
  const query = new URLSearchParams({ limit: last, ...(company && { company }) });
  return callSandbox<Shown[]>(`/outbox?${query}`);
}

function show({ at, company, channel, recipient, purpose, subject, body }: Shown): string {
  const head = [istanbul.format(new Date(at)), company, channel, recipient, purpose].join("  ");
  const lines = [...(subject ? [subject, ""] : []), ...body.split("\n")];
  return `${head}\n${lines.map((line) => (line ? `    ${line}` : "")).join("\n")}\n`;
}

/** `vezne outbox`: what sandbox merchants' payers would have received. */
export function addOutboxCommand(program: Command, say: Say): void {
  program
    .command("outbox")
    .description("e-mails and text messages that a sandbox wrote to payers and did not send")
    .option("--company <code>", "only this merchant's")
    .option("--last <n>", "how many of the last messages", "20")
    .option("--json", "as JSON, for scripts")
    .action(async (options: Options) => {
      const messages = await lettersOf(options);
      if (options.json) return say(JSON.stringify(messages, null, 2));
      if (messages.length === 0) return say("Nothing has been written yet.");
      for (const each of messages) say(show(each));
    });
}
