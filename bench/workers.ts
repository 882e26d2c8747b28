import { fork } from "node:child_process";
import path from "node:path";
import { heapFlags } from "../src/main/children.ts";
import { stop } from "./stage.ts";
import type { DrawOrder, Sample, WorkerNews } from "./worker-wire.ts";

/** A worker of its own process, told when to draw. */
export type Worker = Readonly<{
  /** Draws until so many are drawn or nothing is due. Every sample it took on the way. */
  draw(most: number, onDrawn?: (drawn: number) => void): Promise<readonly Sample[]>;
  stop(): Promise<void>;
}>;

/** Flags for a look inside, such as `--cpu-prof`, beside those of every worker. */
const moreFlags = () => (process.env.BENCH_WORKER_FLAGS ?? "").split(" ").filter(Boolean);

/** Starts the product's worker over the instant bank, with the heap that the product gives it. */
export async function openWorker(env: Record<string, string>): Promise<Worker> {
  const worker = fork(path.join(import.meta.dirname, "instant-worker.ts"), {
    env: { ...process.env, ...env },
    execArgv: [...heapFlags, ...moreFlags()],
    // What it warns of is seen beside the progress.
    stdio: ["ignore", 2, 2, "ipc"],
  });
  await new Promise<void>((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("exit", () => reject(new Error("the worker did not start")));
  });
  function draw(most: number, onDrawn: (drawn: number) => void = () => {}) {
    const samples: Sample[] = [];
    return new Promise<readonly Sample[]>((resolve, reject) => {
      const ended = () => reject(new Error("the worker ended while it drew"));
      const hear = ({ sample, isOver }: WorkerNews) => {
        samples.push(sample);
        onDrawn(sample.drawn);
        if (!isOver) return;
        worker.off("message", hear);
        worker.off("exit", ended);
        resolve(samples);
      };
      worker.on("message", hear);
      worker.once("exit", ended);
      worker.send({ most } satisfies DrawOrder);
    });
  }
  return { draw, stop: () => stop(worker) };
}
