import { afterAll, beforeAll, expect, test } from "vitest";
import { istanbulTime } from "../../../src/lib/clock.ts";
import { type Plan, termsFrom } from "../../../src/subscriptions/plan.rules.ts";
import { type CardName, type Deed, OrderLife } from "../../support/order-life.ts";
import { addCard, drawAll, orderNow } from "../../support/orders.ts";
import { createWorld, type TestWorld } from "../../support/world.ts";

const BEGIN = "2026-03-31T10:00:00+03:00";
const TERMS = 36;
const REFERENCE = "AIDAT-36";
const pans = { A: "4355084355084358", B: "5571135571135575" } as const;
const brands = { A: "VISA", B: "MASTERCARD" } as const;

const plan: Plan = {
  beginAt: new Date(BEGIN),
  interval: "month",
  intervalCount: TERMS,
  period: 1,
};
const at = (text: string) => `${text}:00+03:00`;

/** Three years of an order whose payer's luck, wishes and merchant change. */
const deeds: readonly Deed[] = [
  { at: at("2026-03-20T12:00"), do: "card_added", card: "A" },
  // The card has no money for a term: three days of tries, and a merchant who cannot wait.
  { at: at("2026-05-10T12:00"), do: "bank", card: "A", says: "no" },
  { at: at("2026-05-31T11:00"), do: "by_hand" },
  { at: at("2026-06-01T15:10"), do: "by_hand" },
  { at: at("2026-06-02T12:30"), do: "by_hand" },
  // It has failed. Tried by hand it fails again, and is paid at last.
  { at: at("2026-06-05T09:00"), do: "by_hand", term: 2 },
  { at: at("2026-06-05T10:59"), do: "by_hand", term: 2 },
  { at: at("2026-06-07T09:00"), do: "bank", card: "A", says: "yes" },
  { at: at("2026-06-07T09:05"), do: "by_hand", term: 2 },
  // A second card comes while the first is refused, and then takes its place.
  { at: at("2026-06-20T12:00"), do: "bank", card: "A", says: "no" },
  { at: at("2026-07-01T11:00"), do: "card_added", card: "B" },
  { at: at("2026-07-15T11:00"), do: "card_first", card: "B" },
  { at: at("2026-08-15T11:00"), do: "card_removed", card: "A" },
  { at: at("2026-09-15T11:00"), do: "price", minor: 12_900 },
  // A price that changes between two tries counts for those that come.
  { at: at("2026-11-20T11:00"), do: "bank", card: "B", says: "no" },
  { at: at("2026-11-30T13:00"), do: "price", minor: 13_900 },
  { at: at("2026-12-01T11:00"), do: "bank", card: "B", says: "yes" },
  // A pause: two terms fall into it.
  { at: at("2027-01-10T12:00"), do: "stop" },
  { at: at("2027-03-10T12:00"), do: "resume" },
  // A pause in the middle of a term's tries.
  { at: at("2027-05-20T12:00"), do: "bank", card: "B", says: "no" },
  { at: at("2027-06-01T09:00"), do: "stop" },
  { at: at("2027-06-20T12:00"), do: "resume" },
  { at: at("2027-06-21T09:00"), do: "bank", card: "B", says: "yes" },
  // The bank is away for half a day.
  { at: at("2028-04-30T09:00"), do: "bank_down" },
  { at: at("2028-04-30T21:30"), do: "bank_up" },
];

let world: TestWorld;
const cards = new Map<CardName, bigint>();
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const call = async (service: string, body: object) => {
  const answer = await world.post(`v1/subscription/${service}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};
const sandbox = async (route: string, body?: object) => {
  const reply = await fetch(`${world.url}/_sandbox/${route}`, {
    method: body ? "POST" : "GET",
    headers: {
      authorization: "Bearer token-of-the-test-sandbox",
      ...(body && { "content-type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(reply.status).toBe(200);
  return reply.json();
};
const now = async () => new Date(((await sandbox("clock")) as { now: string }[])[0]!.now);

/** Lives up to a moment by the movable clock. */
async function advanceTo(until: Date): Promise<void> {
  const seconds = Math.round((until.getTime() - (await now()).getTime()) / 1_000);
  if (seconds > 0) await sandbox("clock/advance", { by: `PT${seconds}S` });
  await drawAll(world);
}

const named = { reference_no: REFERENCE };
const DOWN_MAX = 10_000;

async function perform(deed: Deed): Promise<unknown> {
  switch (deed.do) {
    case "bank": {
      const behaviour = deed.says === "yes" ? "ok" : "decline:51";
      const issuer = { issuerEft: "0046", program: "AXESS", limitKurus: 90_000_000 };
      const card = { pan: pans[deed.card], brand: brands[deed.card], behaviour, ...issuer };
      return world.bank.admin("POST", "/cards", card);
    }
    case "bank_down":
      return world.bank.fault("system_error", { op: "sale" }, {}, DOWN_MAX);
    case "bank_up":
      return world.bank.clearFaults();
    case "card_added": {
      const { subscription_id: id } = await call("subscription_detail", named);
      const order = { merchantId: world.merchant.merchantId, id: String(id) };
      const known = await orderNow(world, order as Parameters<typeof orderNow>[1]);
      cards.set(deed.card, await addCard(world, known, pans[deed.card]));
      return undefined;
    }
    case "card_removed":
      return call("card_info_delete", { ...named, card_id: String(cards.get(deed.card)) });
    case "card_first": {
      const first = { subscription_card_id: 0, card_id: Number(cards.get(deed.card)), order_no: 1 };
      return call("card_info_arrange", { ...named, card_information: [first] });
    }
    case "price":
      return call("amount_update", { subcription_id: "", ...named, amount: String(deed.minor) });
    case "stop":
      return call("status_update", { ...named, status: 5 });
    case "resume":
      return call("status_update", { ...named, status: 0 });
    case "by_hand":
      return chargeByHand(deed);
  }
}

/** The invoices' names by their terms. */
let names: string[] = [];
const toldByHand: object[] = [];

async function chargeByHand({ at: when, term }: Extract<Deed, { do: "by_hand" }>) {
  const invoice_no = term === undefined ? undefined : names[term];
  const { data } = await call("manuel_charge", { ...named, invoice_no });
  toldByHand.push({ at: when, rows: data });
}

function waiting(name: string, minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${name} numarali siparis için ${hours} saat ${rest} dakika sonra deneme yapabilirsiniz`;
}

async function createOrder(): Promise<void> {
  await call("create", {
    name_surname: "Can Er",
    amount: "9900",
    interval: 2,
    interval_count: TERMS,
    begin_date: BEGIN,
    ...named,
    end_user_email: "can@payer.example",
    end_user_gsm: "5321112233",
    end_user_desc: "Aidat",
  });
  const { plan: rows } = (await call("subscription_detail", named)) as { plan: PlanRow[] };
  names = rows.map((row) => String(row.invoice_id));
}

/** What the wire tells of the tries of an invoice, in the model's words. */
async function triesOf(invoice_id: string): Promise<object[]> {
  const byNumber = new Map([...cards].map(([card, number]) => [Number(number), card]));
  const { Data } = (await call("invoice_attempt_list", { invoice_id })) as { Data: Attempt[] };
  return Data.map((each) => ({
    at: each.attempt_date.slice(0, 19),
    card: byNumber.get(each.card_id),
    minor: Math.round(each.amount * 100),
    isPaid: each.is_succeed,
  }));
}

const numbers = { waiting: 0, paid: 3, failed: 4, cancelled: 5 } as const;
const wallTime = (moment: Date) => istanbulTime(moment).slice(0, 19);

function answerOf({ term, told }: OrderLife["told"][number]["rows"][number]) {
  if (told === "paid") return { code: 0, message: "Başarılı İşlem" };
  if (told === "refused") return { code: 1, message: expect.any(String) };
  return { code: 1, message: waiting(names[term]!, told.waitMinutes) };
}

test("three years of an order become what a model says, try by try", async () => {
  const life = new OrderLife(termsFrom(plan, 0, TERMS), 9_900);
  await createOrder();
  expect(names).toHaveLength(TERMS);
  for (const deed of deeds) {
    await advanceTo(new Date(deed.at));
    life.liveUntil(new Date(deed.at));
    await perform(deed);
    await drawAll(world);
    life.do(deed);
  }
  const end = new Date("2029-04-01T12:00:00+03:00");
  await advanceTo(end);
  life.liveUntil(end);

  for (const { term, tries } of life.invoices) {
    const lived = tries.map((each) => ({ ...each, at: wallTime(each.at) }));
    expect({ term, tries: await triesOf(names[term]!) }).toEqual({ term, tries: lived });
  }
  const shown = (await call("subscription_detail", named)) as { plan: PlanRow[]; status: number };
  expect(shown.plan.map(planRow)).toEqual(
    life.invoices.map((one) => ({
      status: numbers[one.state],
      amount: one.minor / 100,
      val_date: wallTime(one.at),
    })),
  );
  expect(shown.status).toBe(3);
  expect(toldByHand.map(codes)).toEqual(life.told.map(({ rows }) => rows.map(answerOf)));
  await world.isSound();
});

type Attempt = { attempt_date: string; card_id: number; amount: number; is_succeed: boolean };
type PlanRow = { invoice_id: number; status: number; amount: number; val_date: string };
const codes = (told: object) =>
  (told as { rows: { code: number; message: string }[] }).rows.map(({ code, message }) => ({
    code,
    message,
  }));
const planRow = ({ status, amount, val_date }: PlanRow) => ({
  status,
  amount,
  val_date: val_date.slice(0, 19),
});
