import type { KyselyPlugin } from "kysely";
import { approve } from "../src/marketplace/index.ts";
import type { PayoutStage } from "./payout-stage.ts";

const card = {
  OwnerName: "Deniz Ak",
  Number: "4355084355084358",
  ExpireMonth: "12",
  ExpireYear: "2030",
  Cvv: "000",
};
const Customer = {
  FullName: "Deniz Ak",
  Phone: "5300000001",
  Email: "deniz@payer.example",
  Country: "TR",
  City: "Izmir",
  Address: "Kordon",
};
const MEMBER = 100_001;

let made = 0;
/** Sells so many products to one payer, and gives the payment's number. */
async function sell({ call }: PayoutStage, products: number): Promise<number> {
  made += 1;
  const line = { ProductName: "Kitap", ProductCategory: "K", ProductDescription: "d" };
  const { body } = await call("POST", "payment/startdirect", {
    PaymentDetail: {
      ...{ Amount: products, MerchantUniqueCode: `A-${made}`, CurrencyId: 1, Installment: 1 },
    },
    Card: card,
    Customer,
    Products: Array.from({ length: products }, (_, i) => ({
      ...{ ...line, ProductId: `sku-${i}`, ProductAmount: 1, MemberId: MEMBER },
    })),
  });
  return (body["Payment"] as { PaymentId: number }).PaymentId;
}

/** Counts what is sent to the database beside the ends of transactions. */
function counter() {
  let count = 0;
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      count += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { plugin, count: () => count };
}

/** How many statements the approval of a payment of so many products takes. */
async function statementsFor(stage: PayoutStage, products: number): Promise<number> {
  const { deps, merchant: id } = stage;
  const payment = BigInt(await sell(stage, products));
  const counted = counter();
  const kysely = deps.db.kysely.withPlugin(counted.plugin);
  const merchant = await deps.reception.merchantOf(id);
  const terms = { calculator: "rates", sameDate: false, description: "" } as const;
  const marketplace = { ...deps.marketplace, db: { ...deps.db, kysely } };
  const { success } = await approve(marketplace, merchant, { payment }, terms);
  if (success.length !== products) throw new Error(`approved ${success.length} of ${products}`);
  return counted.count();
}

/** Approves payments of so many products, over HTTP; the times in the order of the rounds. */
async function timesOf(stage: PayoutStage, products: number, rounds: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    const PaymentId = await sell(stage, products);
    const path = "marketplace/approve/pw/payment";
    times.push((await stage.call("POST", path, { PaymentId })).tookMs);
  }
  return times;
}

/** What the approval of many products costs beside that of one. */
export async function approvals(stage: PayoutStage, products: number, rounds: number) {
  await timesOf(stage, products, 1);
  return {
    products,
    times: await timesOf(stage, products, rounds),
    timesOfOne: await timesOf(stage, 1, rounds),
    statements: await statementsFor(stage, products),
    statementsOfOne: await statementsFor(stage, 1),
  };
}
export type Approvals = Awaited<ReturnType<typeof approvals>>;
