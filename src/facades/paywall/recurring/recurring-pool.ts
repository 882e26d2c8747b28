import type { z } from "zod";
import { istanbulDayOf, startOfIstanbulDay } from "../../../lib/clock.ts";
import {
  listPooledCustomers,
  listPooledItems,
  type PooledCustomer,
  type PooledItem,
} from "../../../subscriptions/index.ts";
import { ok } from "../wire/envelope.ts";
import { amount, day, moment, money, text, whole } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { recurringService } from "./recurring-admission.ts";

const ROWS_MAX = 100;

const paging = {
  start: whole().default(0),
  length: whole().default(ROWS_MAX),
  sortvalue: text(),
  sortcolumn: text(),
  datefrom: day().optional(),
  dateto: day().optional(),
};
const Paging = members(paging);

const pageOf = ({ start, length, sortvalue }: z.output<typeof Paging>) => ({
  offset: Math.max(start, 0),
  limit: Math.min(Math.max(length, 0), ROWS_MAX),
  isDescending: sortvalue.toLowerCase() === "desc",
});
const spanOf = ({ datefrom, dateto }: z.output<typeof Paging>) => {
  const last = dateto === undefined ? undefined : startOfIstanbulDay(dateto);
  return {
    from: datefrom === undefined ? undefined : startOfIstanbulDay(datefrom),
    to: last ? istanbulDayOf(last).until : undefined,
  };
};
const firstPage = { offset: 0, limit: ROWS_MAX, isDescending: false };

const customerShown = ({ id, firstAt, ...customer }: PooledCustomer) => ({
  Id: Number(id),
  Name: customer.name,
  Lastname: customer.lastname,
  Phone: customer.phone,
  Email: customer.email,
  Country: customer.country,
  City: customer.city,
  Address: customer.address,
  InsertDateTime: moment(firstAt),
});
const itemShown = ({ id, firstAt, ...item }: PooledItem) => ({
  Id: Number(id),
  Type: item.type,
  Name: item.name,
  Amount: money(BigInt(item.amountMinor)),
  InsertDateTime: moment(firstAt),
});

const customerParts = ["name", "lastname", "phone", "email", "country", "city", "address"] as const;
const CustomersInput = members({
  ...paging,
  name: text(),
  lastname: text(),
  phone: text(),
  email: text(),
  country: text(),
  city: text(),
  address: text(),
  identity: text(),
});

const customers = recurringService<typeof CustomersInput>({
  method: "GET",
  path: "/customer/pool",
  summary: "Customers of recurring payments",
  input: CustomersInput,
  async run({ db }, { caller: { merchant } }, asked) {
    // Nobody's identity is kept, so none is found by one.
    if (asked.identity) return ok({ TotalRecord: 0, Data: [] });
    const given = customerParts.filter((part) => asked[part] !== "");
    const parts = Object.fromEntries(given.map((part) => [part, asked[part]]));
    const filter = { ...spanOf(asked), parts };
    const { rows, total } = await listPooledCustomers(db, merchant.id, filter, pageOf(asked));
    return ok({ TotalRecord: total, Data: rows.map(customerShown) });
  },
});

const CustomerSearch = members({ customername: text() });

const findCustomers = recurringService<typeof CustomerSearch>({
  method: "GET",
  path: "/customer/pool/search",
  summary: "Search of customers of recurring payments",
  input: CustomerSearch,
  async run({ db }, { caller: { merchant } }, { customername: fullName }) {
    const { rows } = await listPooledCustomers(db, merchant.id, { fullName }, firstPage);
    return ok(rows.map(customerShown));
  },
});

const ItemsInput = members({
  ...paging,
  itemtype: whole("recurring_item_type_wrong").optional(),
  itemname: text(),
  amount: amount("recurring_item_amount_wrong").optional(),
});

const items = recurringService<typeof ItemsInput>({
  method: "GET",
  path: "/item/pool",
  summary: "What recurring payments are for",
  input: ItemsInput,
  async run({ db }, { caller: { merchant } }, asked) {
    const filter = {
      ...spanOf(asked),
      type: asked.itemtype,
      name: asked.itemname || undefined,
      amountMinor: asked.amount,
    };
    const { rows, total } = await listPooledItems(db, merchant.id, filter, pageOf(asked));
    return ok({ TotalRecord: total, Data: rows.map(itemShown) });
  },
});

const ItemSearch = members({ itemname: text() });

const findItems = recurringService<typeof ItemSearch>({
  method: "GET",
  path: "/item/pool/search",
  summary: "Search of what recurring payments are for",
  input: ItemSearch,
  async run({ db }, { caller: { merchant } }, { itemname: name }) {
    const { rows } = await listPooledItems(db, merchant.id, { name }, firstPage);
    return ok(rows.map(itemShown));
  },
});

export const recurringPoolServices = [customers, findCustomers, items, findItems];
