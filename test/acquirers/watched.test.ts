import { pino } from "pino";
import { expect, test } from "vitest";
import type { ReturnOrder } from "../../src/acquirers/index.ts";
import { createRegistry } from "../../src/acquirers/registry.ts";
import { createTransport } from "../../src/acquirers/transport.ts";
import { createMetrics, watched } from "../../src/main/metrics.ts";
import { card, posAt, sale, storeKey } from "./bank-world.ts";
import { posted, returnFields, signed } from "./nestpay-returns.ts";
import { closedAddress } from "./scripted-bank.ts";

const order: ReturnOrder = { ...sale, model: "3d", returnUrl: "https://pay.example/return" };

/** Watched as the product watches, with what was logged. */
function watchedNestpay(baseUrl: string) {
  const lines: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void lines.push(line) });
  const metrics = createMetrics();
  const pos = { ...posAt("nestpay", baseUrl), acceptsHalfSecure: true };
  const find = watched(createRegistry(createTransport()), metrics, log);
  return { pos, acquirer: find(pos), again: find(pos), metrics, lines };
}

test("what comes back from a bank's page is counted by what it proves", async () => {
  const { pos, acquirer, again, metrics, lines } = watchedNestpay("https://bank.example");
  const bring = (status: string, key = storeKey) =>
    acquirer.resume(order, posted(signed(returnFields(pos, order, status), key)));
  expect(bring("1").kind).toBe("authenticated");
  for (const status of ["2", "3"]) expect(bring(status).kind).toBe("authenticated");
  expect(bring("0").kind).toBe("refused");
  for (const key of ["a", "b", "c"]) expect(bring("1", key).kind).toBe("unproven");
  const { values } = await metrics.bankReturns.get();
  const counted = values.map(({ labels, value }) => [labels.dialect, labels.result, value]);
  expect(counted).toEqual([
    ["nestpay", "full", 1],
    ["nestpay", "half", 2],
    ["nestpay", "refused", 1],
    ["nestpay", "unproven", 3],
  ]);
  expect(lines).toEqual([]);
  expect(again).toBe(acquirer);
});

test("a form is made as the bank's own connector makes it", () => {
  const { pos, acquirer } = watchedNestpay("https://bank.example");
  const challenge = { ...order, card, locale: "tr", nonce: "n1" } as const;
  const plain = createRegistry(createTransport())(pos);
  expect(acquirer.challenge(challenge)).toEqual(plain.challenge(challenge));
});

test("a call without an answer is timed, and logged by its order", async () => {
  const { acquirer, metrics, lines } = watchedNestpay(await closedAddress());
  expect((await acquirer.charge(sale)).kind).toBe("declined");
  const finding = await acquirer.inquire({ ...sale, refundedBeforeMinor: 0n });
  expect(finding.kind).toBe("unknown");
  const text = await metrics.registry.metrics();
  expect(text).toMatch(/vezne_bank_call_seconds_count\{.*operation="charge".*\} 1/);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(sale.orderId);
});
