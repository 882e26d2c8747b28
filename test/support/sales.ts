import type { Paywall } from "./paywall.ts";
import type { TestWorld } from "./world.ts";

/** The card of the documents' examples, which the bank knows. */
export const saleCard = {
  OwnerName: "Test Kart",
  Number: "5528790000000008",
  ExpireMonth: "12",
  ExpireYear: "2030",
  Cvv: "123",
};
/** Its issuer always says that the money does not suffice. */
export const emptySaleCard = { ...saleCard, Number: "5100050000006661" };

const customer = {
  FullName: "A B",
  Phone: "5300000001",
  Email: "a@b.example",
  Country: "TR",
  City: "Izmir",
  Address: "x",
};

export const line = (id: string, amount: number, member: number, more: object = {}) => ({
  ProductId: id,
  ProductName: `Ürün ${id}`,
  ProductCategory: "K",
  ProductDescription: "d",
  ProductAmount: amount,
  MemberId: member,
  ...more,
});

export type SaleMore = Readonly<{
  detail?: object;
  card?: object;
  products?: readonly object[];
}>;

let made = 0;
/** A code that no other sale of this process has. */
export const saleCode = () => `ord-${++made}`;

/** The example of the documents: two members, one of them at a commission of the line's own. */
export const saleInput = ({ detail = {}, card = {}, products }: SaleMore = {}) => ({
  PaymentDetail: {
    Amount: 250.0,
    MerchantUniqueCode: saleCode(),
    CurrencyId: 1,
    Installment: 1,
    ClientIP: "10.1.1.9",
    ...detail,
  },
  Card: { ...saleCard, ...card },
  Customer: customer,
  Products: products ?? [
    line("sku-1", 200, 501),
    line("sku-2", 50, 502, { MemberCustomCommission: true, MemberCommission: 5 }),
  ],
});

export type SaleBody = Readonly<{
  Payment: Readonly<{
    PaymentId: number;
    ActivityId: number;
    UniqueCode: string;
    MerchantUniqueKey: string;
    Products: readonly Readonly<{ Id: number; MemberId: number; ProductAmount: number }>[];
  }>;
  Error: null | Readonly<Record<string, string>>;
}>;

export const sellOn = (wire: Paywall, more: SaleMore = {}) =>
  wire.post<SaleBody>("api/paywall/payment/startdirect", saleInput(more));

/** A sale that the bank approves. */
export async function soldOn(wire: Paywall, more: SaleMore = {}) {
  const { Body, ErrorCode, Message } = await sellOn(wire, more);
  if (ErrorCode !== 0) throw new Error(`not sold: ${ErrorCode} ${Message}`);
  return Body.Payment;
}

/** Members 501 and 502, who are due 88 per cent of what they sell. */
export async function enrolMembers(
  world: Pick<TestWorld, "db" | "merchant" | "clock">,
  numbers: readonly number[] = [501, 502],
) {
  const { merchantId: merchant_id } = world.merchant;
  const at = world.clock();
  for (const number of numbers.map(BigInt)) {
    await world.db.kysely
      .insertInto("members")
      .values({
        ...{ merchant_id, number, external_id: `seller-${number}`, external_slot: "" },
        ...{ is_sub_merchant: true, kind: "company", name: "Ada Kitap", title: "Ada Kitap Ltd" },
        ...{ tax_office: "Moda", tax_number: "1234567890", identity_number: "" },
        ...{ email: "s@ada.example", phone: "5300000000", address: "Kadikoy" },
        ...{ contact_name: "Ece", contact_lastname: "Su", created_at: at },
      })
      .execute();
    await world.db.kysely
      .insertInto("member_value_dates")
      .values({
        ...{ merchant_id, number, member: number, kind: "plus_day", value: 7 },
        ...{ commission_ppm: 120_000n, effective_from: at },
      })
      .execute();
  }
}
