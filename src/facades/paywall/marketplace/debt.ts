import type { z } from "zod";
import { changeDebt, findDebts } from "../../../marketplace/index.ts";
import { type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { amount, named } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { debtShown } from "./earning.wire.ts";

const MARKET = "/api/paywall/marketplace";

const ProductInput = members({ ProductId: named() });
const ofProduct: Service<typeof ProductInput> = {
  method: "GET",
  path: `${MARKET}/report/debt/product`,
  summary: "What is owed to a member beside the earnings of a product",
  pair: "paywall_public",
  input: ProductInput,
  async run({ marketplace }, { caller }, { ProductId: product }) {
    const debts = await findDebts(marketplace, caller.merchant.id, { product });
    return ok(debts.map(debtShown));
  },
};

const PaymentInput = members({ PaymentId: named() });
const ofPayment: Service<typeof PaymentInput> = {
  method: "GET",
  path: `${MARKET}/report/debt/payment`,
  summary: "What is owed to members beside the earnings of a payment",
  pair: "paywall_public",
  input: PaymentInput,
  async run({ marketplace }, { caller }, { PaymentId: payment }) {
    const debts = await findDebts(marketplace, caller.merchant.id, { payment });
    return ok(debts.map(debtShown));
  },
};

const ChangeInput = members({ Id: named(), Debt: amount() });
const change = (name: string, what: "raise" | "lower"): Service<typeof ChangeInput> => ({
  method: "PUT",
  path: `${MARKET}/debt/${name}/id`,
  summary: what === "raise" ? "Raise a debt" : "Lower a debt",
  pair: "paywall_public",
  input: ChangeInput,
  async run({ marketplace }, { caller }, { Id, Debt: minor }) {
    await changeDebt(marketplace, caller.merchant, Id, { what, minor });
    return ok();
  },
});

const DeleteInput = members({ Id: named() });
const deletion: Service<typeof DeleteInput> = {
  method: "DELETE",
  path: `${MARKET}/debt/delete/id`,
  summary: "Delete a debt",
  pair: "paywall_public",
  input: DeleteInput,
  async run({ marketplace }, { caller }, { Id }) {
    await changeDebt(marketplace, caller.merchant, Id, { what: "delete" });
    return ok();
  },
};

export const debtServices: readonly Service<z.ZodType>[] = [
  service(ofProduct),
  service(ofPayment),
  service(change("increase", "raise")),
  service(change("decrease", "lower")),
  service(deletion),
];
