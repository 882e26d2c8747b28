import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type BankClient, checkBook, clientOf, TOKEN, tempFolder } from "./bank.ts";

const MAIN = join(import.meta.dirname, "../../src/main/simulator.ts");

/** The real process with its IPC channel; killed when the test ends. */
function spawnBank(bookFile: string, port = "0"): ChildProcess {
  const env = { ...process.env, VEZNE_BANK_PORT: port, VEZNE_BANK_TOKEN: TOKEN };
  const child = fork(MAIN, { silent: true, env: { ...env, VEZNE_BANK_BOOK: bookFile } });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function readyBank(bookFile: string): Promise<{ child: ChildProcess; bank: BankClient }> {
  const child = spawnBank(bookFile);
  const [message] = (await once(child, "message")) as [{ ready: boolean; url: string }];
  expect(message.ready).toBe(true);
  return { child, bank: clientOf(message.url) };
}

/** Asks, and kills the process with no warning while the answer is still held back. */
async function killBeforeAnswer(
  { child, bank }: Awaited<ReturnType<typeof readyBank>>,
  action: "delay" | "reset_before_commit",
  orderNo: string,
): Promise<void> {
  const rule = { match: { orderNo }, action, params: { ms: 60_000 }, times: 1 };
  await bank.admin("POST", "/faults", rule);
  const lost = bank.send(bank.saleFields(orderNo, "100.00")).then(
    () => "answered",
    () => "lost",
  );
  await expect
    .poll(async () => (await bank.admin("GET", `/requests?orderNo=${orderNo}`)).body.requests)
    .toHaveLength(1);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(await lost).toBe("lost");
}

describe("killed between commit and answer", () => {
  test("the bank has the sale when it comes back, and says so", async () => {
    const bookFile = join(tempFolder(), "book.db");
    await killBeforeAnswer(await readyBank(bookFile), "delay", "K1");
    const { bank } = await readyBank(bookFile);
    expect(await bank.status("K1")).toMatchObject({ TRANS_STAT: "C", CAPTURE_AMT: "10000" });
    expect(await bank.sale("K1")).toMatchObject({ ERRORCODE: "CORE-2507" });
    await checkBook(bank);
  });

  test("a request that was not executed is not found after the kill", async () => {
    const bookFile = join(tempFolder(), "book.db");
    await killBeforeAnswer(await readyBank(bookFile), "reset_before_commit", "K2");
    const { bank } = await readyBank(bookFile);
    expect(await bank.status("K2")).toMatchObject({ ErrMsg: "No record found for K2" });
    await checkBook(bank);
  });

  test("under load, every approval that a client saw is in the book", async () => {
    const bookFile = join(tempFolder(), "book.db");
    const { child, bank } = await readyBank(bookFile);
    const approved: string[] = [];
    const payUntilLost = async (lane: number): Promise<void> => {
      try {
        for (let i = 0; i < 10_000; i += 1) {
          const orderNo = `L${lane}-${i}`;
          if ((await bank.sale(orderNo, "1.00")).Response === "Approved") approved.push(orderNo);
        }
      } catch {
        // The process is gone; whatever was asked last is in doubt and not counted.
      }
    };
    const lanes = Array.from({ length: 16 }, (_, lane) => payUntilLost(lane));
    await expect.poll(() => approved.length, { timeout: 20_000 }).toBeGreaterThan(200);
    child.kill("SIGKILL");
    await Promise.all(lanes);
    const { bank: again } = await readyBank(bookFile);
    const { body } = await again.admin("GET", "/orders?limit=10000");
    const known = new Set(body.orders.map(({ orderNo }) => orderNo));
    expect(approved.filter((orderNo) => !known.has(orderNo))).toEqual([]);
    await checkBook(again);
  });
});

describe("the process", () => {
  const exitOf = async (child: ChildProcess) => {
    let stderr = "";
    child.stderr?.on("data", (part) => {
      stderr += part;
    });
    const told = child.stderr && once(child.stderr, "end");
    const [code] = await once(child, "exit");
    await told;
    return { code, stderr };
  };

  test("goes with exit 0 when its parent goes, and on SIGTERM", async () => {
    const first = await readyBank(join(tempFolder(), "book.db"));
    const gone = exitOf(first.child);
    first.child.disconnect();
    expect(await gone).toEqual({ code: 0, stderr: "" });
    const second = await readyBank(join(tempFolder(), "book.db"));
    const stopped = exitOf(second.child);
    second.child.kill("SIGTERM");
    expect(await stopped).toEqual({ code: 0, stderr: "" });
  });

  test("lets a request in flight finish before it goes", async () => {
    const { child, bank } = await readyBank(join(tempFolder(), "book.db"));
    await bank.admin("POST", "/faults", { action: "delay", params: { ms: 500 }, times: 1 });
    const sale = bank.sale("T1");
    await expect
      .poll(async () => (await bank.admin("GET", "/requests")).body.requests)
      .toHaveLength(1);
    const stopped = exitOf(child);
    child.kill("SIGTERM");
    expect(await sale).toMatchObject({ Response: "Approved" });
    expect((await stopped).code).toBe(0);
  });

  test("says that its port is taken, and what to do", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };
    const { code, stderr } = await exitOf(spawnBank(join(tempFolder(), "book.db"), `${port}`));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `The bank cannot listen on 127.0.0.1:${port}: the port is in use. ` +
        "Choose another with VEZNE_BANK_PORT.\n",
    );
  });

  test("says in one sentence that its book is none, or is in use", async () => {
    const folder = tempFolder();
    const noBook = join(folder, "no.db");
    writeFileSync(noBook, "this is not a database, only a text of some length".repeat(100));
    const wrong = await exitOf(spawnBank(noBook));
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^The bank's book \S+ cannot be opened: [^\n]+\.\n$/);
    const bookFile = join(folder, "book.db");
    await readyBank(bookFile);
    const second = await exitOf(spawnBank(bookFile));
    expect(second.code).toBe(1);
    expect(second.stderr).toContain("another process has it open");
  });
});
