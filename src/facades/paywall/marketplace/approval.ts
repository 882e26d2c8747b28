import { z } from "zod";
import { type InputProblem, refuse } from "../../../lib/refusal.ts";
import {
  type Answers,
  type ApprovalTerms,
  approve,
  failReasons,
  reject,
} from "../../../marketplace/index.ts";
import { type Service, service } from "../deps.ts";
import type { Reply } from "../wire/envelope.ts";
import { ANY_LENGTH, flag, named, outside, words } from "../wire/formats.ts";
import { members } from "../wire/members.ts";

/** Far more than a basket has. */
const PRODUCTS_MAX = 5_000;

const productIds = z
  .array(named(), { error: "no_product_to_approve" })
  .min(1, "no_product_to_approve")
  .refine(({ length }) => length <= PRODUCTS_MAX, outside(`1 - ${PRODUCTS_MAX}`));

const DESCRIPTION_MAX = 1_000;
/** What is wrong with it is told where it is used alone: what is no text is null until then. */
const description = words(ANY_LENGTH)
  .nullable()
  .catch(null)
  .default("")
  .meta({ ...words().meta() });

const PayoutMembers = members({ DescriptionApply: flag, Description: description });
const termMembers = {
  Payout: PayoutMembers.optional(),
  SameReflectionDateWithMember: flag,
};
const TermMembers = z.object(termMembers);

const ProductsInput = members({ PaymentId: named(), ProductIds: productIds, ...termMembers });
/** Older clients name products alone. */
const OldProductsInput = members({
  PaymentId: named().optional(),
  ProductIds: productIds,
  ...termMembers,
});
const PaymentInput = members({ PaymentId: named(), ...termMembers });

/** Refuses `invalid_input`. */
function descriptionOf({ DescriptionApply, Description }: z.output<typeof PayoutMembers>): string {
  const wrong = (problem: InputProblem, bound?: string) =>
    refuse("invalid_input", { field: "Payout.Description", problem, bound });
  if (!DescriptionApply) return "";
  if (Description === null) return wrong("malformed");
  const isTooLong = Description.length > DESCRIPTION_MAX;
  return isTooLong ? wrong("too_long", String(DESCRIPTION_MAX)) : Description;
}

type Calculator = ApprovalTerms["calculator"];
const termsOf = (
  { Payout, SameReflectionDateWithMember }: z.output<typeof TermMembers>,
  calculator: Calculator,
): ApprovalTerms => ({
  calculator,
  sameDate: SameReflectionDateWithMember,
  description: Payout ? descriptionOf(Payout) : "",
});

type Row = Readonly<{ sale: bigint; product: bigint }>;
const productRow = ({ product }: Row) => ({ ProductId: Number(product) });
/** One client reads the one, the documents show the other. */
const bothRow = ({ sale, product }: Row) => ({
  PaymentId: Number(sale),
  ProductId: Number(product),
});

/** All failed is a failure that still says why of each. */
function answered({ success, fail }: Answers, rowOf: (row: Row) => object = productRow): Reply {
  const body = {
    Success: success.map(rowOf),
    Fail: fail.map((each) => ({ ...rowOf(each), Reason: failReasons[each.reason] })),
  };
  return success.length === 0 && fail.length > 0 ? { body, code: 1 } : { body };
}

const PREFIX = "/api/paywall/marketplace";
type Method = "POST" | "PUT";

const approveProducts = (way: string, calculator: Calculator): Service<typeof ProductsInput> => ({
  method: "POST",
  path: `${PREFIX}/approve/${way}product`,
  summary: "Approve products of a payment",
  pair: "paywall_public",
  input: ProductsInput,
  async run({ marketplace }, { caller }, input) {
    const name = { payment: input.PaymentId, products: input.ProductIds };
    return answered(await approve(marketplace, caller.merchant, name, termsOf(input, calculator)));
  },
});

const approveOld = (method: Method): Service<typeof OldProductsInput> => ({
  method,
  path: `${PREFIX}/approve/product`,
  summary: "Approve products, as older clients ask for it",
  pair: "paywall_public",
  input: OldProductsInput,
  async run({ marketplace }, { caller }, input) {
    const name = { payment: input.PaymentId, products: input.ProductIds };
    return answered(await approve(marketplace, caller.merchant, name, termsOf(input, "rates")));
  },
});

const approvePayment = (
  way: string,
  calculator: Calculator,
  method: Method = "POST",
): Service<typeof PaymentInput> => ({
  method,
  path: `${PREFIX}/approve/${way}payment`,
  summary: "Approve all products of a payment",
  pair: "paywall_public",
  input: PaymentInput,
  async run({ marketplace }, { caller }, input) {
    const name = { payment: input.PaymentId };
    return answered(await approve(marketplace, caller.merchant, name, termsOf(input, calculator)));
  },
});

const RejectProductsInput = members({ PaymentId: named().optional(), ProductIds: productIds });

const rejectProducts: Service<typeof RejectProductsInput> = {
  method: "POST",
  path: `${PREFIX}/reject/product`,
  summary: "Take the approval of products back",
  pair: "paywall_public",
  input: RejectProductsInput,
  async run({ marketplace }, { caller }, { PaymentId, ProductIds }) {
    const name = { payment: PaymentId, products: ProductIds };
    return answered(await reject(marketplace, caller.merchant, name));
  },
};

const RejectPaymentInput = members({ PaymentId: named() });

const rejectPayment: Service<typeof RejectPaymentInput> = {
  method: "POST",
  path: `${PREFIX}/reject/payment`,
  summary: "Take the approval of all products of a payment back",
  pair: "paywall_public",
  input: RejectPaymentInput,
  async run({ marketplace }, { caller }, { PaymentId }) {
    const done = await reject(marketplace, caller.merchant, { payment: PaymentId });
    return answered(done, bothRow);
  },
};

export const approvalServices: readonly Service<z.ZodType>[] = [
  service(approveProducts("pw/", "rates")),
  service(approvePayment("pw/", "rates")),
  service(approveProducts("self/", "platform")),
  service(approvePayment("self/", "platform")),
  service(approveOld("POST")),
  service(approveOld("PUT")),
  service(approvePayment("", "rates")),
  service(approvePayment("", "rates", "PUT")),
  service(rejectProducts),
  service(rejectPayment),
];
