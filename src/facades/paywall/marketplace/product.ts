import type { z } from "zod";
import type { Currency } from "../../../lib/money.ts";
import {
  defineCargo,
  defineDiscount,
  findLines,
  findProduct,
  restateEarning,
} from "../../../marketplace/index.ts";
import type { Product } from "../../../marketplace/sale.rules.ts";
import { type Service, service } from "../deps.ts";
import {
  cargoAliases,
  cargoMembers,
  cargoOf,
  discountMembers,
  discountOf,
} from "../payment/payment.wire.ts";
import { ok } from "../wire/envelope.ts";
import { amount, currencyIdOf, money, named } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { cargoShown, discountShown } from "./earning.wire.ts";

const PREFIX = "/api/paywall/product";

/** A line as the services of products show it. */
const productShown = (product: Product) => ({
  Id: Number(product.number),
  MemberId: Number(product.member ?? 0n),
  ProductId: product.externalId,
  ProductName: product.name,
  ProductCategory: product.category,
  ProductDescription: product.description,
  ProductAmount: money(product.capturedMinor),
  IsMarketPlaceSales: product.member !== null,
  Cargo: product.cargo && {
    CurrencyId: currencyIdOf(product.cargo.currency),
    ...cargoShown(product.cargo),
  },
  Discount: product.discount && discountShown(product.discount),
});

const PaymentInput = members({ PaymentId: named() });
const list: Service<typeof PaymentInput> = {
  method: "GET",
  path: PREFIX,
  summary: "The products of a payment",
  pair: "paywall_private",
  input: PaymentInput,
  async run({ marketplace }, { caller }, { PaymentId }) {
    const lines = await findLines(marketplace, caller.merchant.id, PaymentId);
    return ok(lines.map(productShown));
  },
};

const costShown = ({ product, currency }: Readonly<{ product: Product; currency: Currency }>) => ({
  Id: Number(product.number),
  CurrencyId: currencyIdOf(product.cargo?.currency ?? currency),
  ...cargoShown(product.cargo),
});

const ProductInput = members({ ProductId: named() });
const cargo: Service<typeof ProductInput> = {
  method: "GET",
  path: `${PREFIX}/cargocost`,
  summary: "Who bears the shipping of a product",
  pair: "paywall_private",
  input: ProductInput,
  async run({ marketplace }, { caller }, { ProductId }) {
    return ok(costShown(await findProduct(marketplace, caller.merchant.id, ProductId)));
  },
};

const CargoInput = members({ ProductId: named(), ...cargoMembers }, cargoAliases);
const cargoDefinition: Service<typeof CargoInput> = {
  method: "POST",
  path: `${PREFIX}/cargocost`,
  summary: "Say who bears the shipping of a product",
  pair: "paywall_private",
  input: CargoInput,
  async run({ marketplace }, { caller }, { ProductId, ...asked }) {
    const ask = (of: Currency) => cargoOf(asked, of);
    return ok(costShown(await defineCargo(marketplace, caller.merchant, ProductId, ask)));
  },
};

const discount: Service<typeof ProductInput> = {
  method: "GET",
  path: `${PREFIX}/discount`,
  summary: "Who bears the discount of a product",
  pair: "paywall_private",
  input: ProductInput,
  async run({ marketplace }, { caller }, { ProductId }) {
    const { product } = await findProduct(marketplace, caller.merchant.id, ProductId);
    return ok({ Id: Number(product.number), ...discountShown(product.discount) });
  },
};

const DiscountInput = members({ ProductId: named(), ...discountMembers });
const discountDefinition: Service<typeof DiscountInput> = {
  method: "POST",
  path: `${PREFIX}/discount`,
  summary: "Say who bears the discount of a product",
  pair: "paywall_private",
  input: DiscountInput,
  async run({ marketplace }, { caller }, { ProductId, ...asked }) {
    await defineDiscount(marketplace, caller.merchant, ProductId, discountOf(asked));
    return ok();
  },
};

const RestateInput = members({
  PaymentId: named(),
  ProductId: named(),
  Earning: amount("earning_amount_wrong"),
});
const restate = (name: string, what: "raise" | "lower"): Service<typeof RestateInput> => ({
  method: "PUT",
  path: `${PREFIX}/member/earning/${name}`,
  summary: "Change what the platform said that a member is due",
  pair: "paywall_private",
  input: RestateInput,
  async run({ marketplace }, { caller }, input) {
    const { PaymentId: payment, ProductId: product, Earning: minor } = input;
    await restateEarning(marketplace, caller.merchant, { payment, product, what, minor });
    return ok();
  },
});

export const productServices: readonly Service<z.ZodType>[] = [
  service(list),
  service(cargo),
  service(cargoDefinition),
  service(discount),
  service(discountDefinition),
  service(restate("increase", "raise")),
  service(restate("decrease", "lower")),
];
