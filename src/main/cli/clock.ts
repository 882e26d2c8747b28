import { setTimeout as pause } from "node:timers/promises";
import type { Command } from "commander";
import type { Moved, MoveLine } from "../clock-lines.rules.ts";
import { standsText } from "../clock-span.rules.ts";
import { ConfigProblem } from "../config.ts";
import { inUnits, ranTexts } from "./clock.rules.ts";
import { createProgress } from "./progress.ts";
import { BrokenOff, callSandbox, linesOfSandbox } from "./sandbox.ts";

type Say = (line: string) => void;
type MerchantTime = { company: string; name: string; mode: string; now: string };
type Which = { company?: string };

const istanbul = new Intl.DateTimeFormat("tr-TR", {
  dateStyle: "medium",
  timeStyle: "medium",
  timeZone: "Europe/Istanbul",
});

/** A server that was killed is started again, on a busy machine within half a minute. */
const BACK_TRIES = 60;
const BACK_PAUSE_MS = 500;

/** Where the clock stands that a broken move was moving, once the server says so. */
async function standsAt({ company }: Which): Promise<Date> {
  for (let tries = 1; ; tries += 1) {
    try {
      const all = await callSandbox<MerchantTime[]>("/clock");
      const moved = all.filter((each) =>
        company ? each.company === company : each.mode === "sandbox",
      );
      return new Date(Math.max(...moved.map((each) => Date.parse(each.now))));
    } catch (error) {
      if (tries === BACK_TRIES) throw error;
      await pause(BACK_PAUSE_MS);
    }
  }
}

/** What to say of a move whose server went away. `endMs` is the time at which it was to end. */
async function brokenText(which: Which, endMs: number | undefined): Promise<string> {
  const why = "Vezne went away while the clock moved.";
  try {
    const now = await standsAt(which);
    return `${why} ${standsText(now, endMs === undefined ? undefined : endMs - now.getTime())}`;
  } catch {
    return `${why} Once it runs again, \`vezne clock now\` says where the clock stands.`;
  }
}

/** Follows a move to its end and shows how far it has come. */
async function follow(by: string, which: Which, say: Say): Promise<Moved> {
  let progress: ReturnType<typeof createProgress> | undefined;
  let endMs: number | undefined;
  let isWaiting = false;
  try {
    for await (const line of linesOfSandbox<MoveLine>("/clock/advance", { by, ...which })) {
      if ("error" in line) throw new ConfigProblem(line.error);
      if ("moved" in line) return line;
      if ("waiting" in line) {
        if (!isWaiting) say("The clock is being moved already; this move begins after that one.");
        isWaiting = true;
        continue;
      }
      endMs = Date.parse(line.now) + line.total - line.done;
      const { unit, done, total } = inUnits(line);
      progress ??= createProgress(`${which.company ?? "clock"}, ${unit}`);
      progress.show({ done, total });
    }
    throw new BrokenOff("The answer has no end.");
  } catch (error) {
    if (!(error instanceof BrokenOff)) throw error;
    throw new ConfigProblem(await brokenText(which, endMs));
  } finally {
    progress?.end();
  }
}

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
    .argument("<span>", "how far: 90seconds, 5min, 2hours, 1day, 1month, PT2H; ten years at most")
    .option("--company <code>", "only this merchant's clock, and the bank's")
    .description("move the clock of sandbox merchants and of their bank forward")
    .addHelpText(
      "after",
      "\nWhat falls due on the way is done, each thing at its own time. Stopping the command\n" +
        "stops the clock where it has come to; `vezne clock now` says where that is.",
    )
    .action(async (span: string, which: Which) => {
      const moved = await follow(span, which, say);
      say(`Moved ${moved.moved.join(", ")} forward by ${span}.`);
      for (const text of ranTexts(moved)) say(text);
    });
}
