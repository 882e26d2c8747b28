import type { Command } from "commander";
import { callSandbox } from "./sandbox.ts";

type Say = (line: string) => void;
type MerchantTime = { company: string; name: string; mode: string; now: string };

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
      for (const each of await callSandbox<MerchantTime[]>("/clock")) {
        say(`${each.company}  ${istanbul.format(new Date(each.now))}  ${each.mode}  ${each.name}`);
      }
    });
  clock
    .command("advance")
    .argument("<span>", "how far forward: 90seconds, 2hours, 1day, 1month, PT2H")
    .option("--company <code>", "only this merchant's clock")
    .description("move the clock of sandbox merchants and of their bank forward")
    .action(async (span: string, { company }: { company?: string }) => {
      const answer = await callSandbox<{ moved: string[]; asked: number }>("/clock/advance", {
        by: span,
        company,
      });
      say(`Moved ${answer.moved.join(", ")} forward by ${span}.`);
      if (answer.asked > 0) say(`Asked the bank about ${answer.asked} attempts that fell due.`);
    });
}
