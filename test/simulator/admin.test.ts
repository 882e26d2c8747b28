import { expect, test } from "vitest";
import { checkBook, startBank, TOKEN } from "./bank.ts";

test("the admin API wants its token; only its pulse is free", async () => {
  const bank = await startBank();
  const call = (path: string, token?: string) =>
    fetch(`${bank.url}/_sim${path}`, { headers: token ? { "x-sim-token": token } : {} });
  expect((await call("/orders")).status).toBe(401);
  expect((await call("/orders", `${TOKEN}x`)).status).toBe(401);
  expect((await call("/orders", TOKEN)).status).toBe(200);
  expect((await call("/health")).status).toBe(200);
  expect((await call("/nothing", TOKEN)).status).toBe(404);
});

test("orders come page by page, each once", async () => {
  const bank = await startBank();
  await Promise.all(Array.from({ length: 25 }, (_, i) => bank.sale(`O${i}`, "1.00")));
  const seen: unknown[] = [];
  let after: number | null = 0;
  for (let page = 0; page < 4 && after !== null; page += 1) {
    const { body } = await bank.admin("GET", `/orders?limit=10&after=${after}`);
    seen.push(...body.orders.map(({ orderNo }) => orderNo));
    after = body.next;
  }
  expect(after).toBeNull();
  expect(new Set(seen).size).toBe(25);
  expect(seen).toHaveLength(25);
  const last = await bank.admin("GET", "/orders?newest=1&limit=2");
  expect(last.body.orders.map(({ id }) => id)).toEqual([24, 25]);
  const one = await bank.admin("GET", "/orders?orderNo=O7&merchantNo=990000001");
  expect(one.body.orders).toMatchObject([{ orderNo: "O7", prefix: "/akbank-est" }]);
  const none = await bank.admin("GET", "/orders?orderNo=O7&merchantNo=990000002");
  expect(none.body.orders).toEqual([]);
});

test("the clock freezes, moves by months, runs faster and never goes back", async () => {
  const bank = await startBank();
  const clock = (body: unknown) => bank.admin("POST", "/clock", body);
  const frozen = await clock({ freeze: "2030-01-31T12:00:00+03:00" });
  expect(frozen.body).toMatchObject({ now: "2030-01-31T09:00:00.000Z", isFrozen: true });
  expect((await clock({ advance: "P1M" })).body.now).toBe("2030-02-28T09:00:00.000Z");
  expect((await clock({ advance: "PT2H" })).body.now).toBe("2030-02-28T11:00:00.000Z");
  expect((await clock({ freeze: "2030-01-01T00:00:00+03:00" })).status).toBe(409);
  expect((await clock({ advance: "-P1D" })).status).toBe(400);
  expect((await clock({ advance: "P1" })).status).toBe(400);
  expect((await clock({ unfreeze: true })).body).toMatchObject({ isFrozen: false });
  expect((await clock({ rate: 3600 })).status).toBe(200);
  await expect
    .poll(async () => (await bank.admin("GET", "/clock")).body.now > "2030-02-28T11:10")
    .toBe(true);
});

test("an end of day closes what is open, and says what it closed", async () => {
  const bank = await startBank();
  await bank.sale("E1", "10.00");
  await bank.sale("E2", "20.00");
  await bank.void("E2");
  const { body } = await bank.admin("POST", "/eod", { merchantNo: "990000001" });
  expect(body.closed).toMatchObject([{ no: 1, saleCount: 1, saleKurus: 1000, state: "closed" }]);
  expect((await bank.admin("POST", "/eod")).body.closed).toEqual([]);
  await checkBook(bank);
});

test("a card can be added, with its limit and behaviour, and changed", async () => {
  const bank = await startBank();
  const pan = "4111111111111111";
  const card = { pan, brand: "VISA", limitKurus: 1000 };
  await bank.admin("POST", "/cards", card);
  expect(await bank.sale("N1", "10.00", { Number: pan })).toMatchObject({ Response: "Approved" });
  expect(await bank.sale("N2", "0.01", { Number: pan })).toMatchObject({ ProcReturnCode: "51" });
  await bank.admin("POST", "/cards", { ...card, limitKurus: 2000, behaviour: "decline:43" });
  expect(await bank.sale("N3", "0.01", { Number: pan })).toMatchObject({ ProcReturnCode: "43" });
  expect((await bank.admin("POST", "/cards", { ...card, behaviour: "x" })).status).toBe(400);
  await checkBook(bank);
});

test("a wrong fault rule is refused in words, a good one can be listed and removed", async () => {
  const bank = await startBank();
  const wrong = await bank.admin("POST", "/faults", { action: "explode" });
  expect(wrong.status).toBe(400);
  expect(wrong.body.error).toContain("action");
  const unknown = await bank.admin("POST", "/faults", { action: "delay", match: { card: "x" } });
  expect(unknown.status).toBe(400);
  const { body } = await bank.admin("POST", "/faults", { action: "delay", times: 2 });
  const list = await bank.admin("GET", "/faults");
  expect(list.body.faults).toMatchObject([{ id: body.id, action: "delay", timesLeft: 2 }]);
  expect((await bank.admin("DELETE", `/faults?id=${body.id}`)).status).toBe(200);
  expect((await bank.admin("DELETE", `/faults?id=${body.id}`)).status).toBe(404);
});

test("a reset empties the book and keeps merchants and cards", async () => {
  const bank = await startBank();
  await bank.sale("Z1", "10.00");
  await bank.admin("POST", "/reset", { seed: "again" });
  expect((await bank.admin("GET", "/orders")).body.orders).toEqual([]);
  expect((await bank.admin("GET", "/merchants")).body.merchants).toHaveLength(13);
  expect(await bank.sale("Z1", "10.00")).toMatchObject({ Response: "Approved" });
  await checkBook(bank);
});
