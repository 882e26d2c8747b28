import type { z } from "zod";
import {
  findApprovals,
  findEarning,
  findEarnings,
  findMemberEarnings,
} from "../../../marketplace/index.ts";
import { type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { day, named, outside, text, whole } from "../wire/formats.ts";
import { members } from "../wire/members.ts";
import { earningShown, earningsShown, memberEarningShown } from "./earning.wire.ts";

const REPORT = "/api/paywall/marketplace/report";

const PaymentInput = members({ PaymentId: named() });
const ProductInput = members({ ProductId: named() });

const approvals: Service<typeof PaymentInput> = {
  method: "GET",
  path: `${REPORT}/approval`,
  summary: "Which products of a payment are approved",
  pair: "paywall_public",
  input: PaymentInput,
  async run({ marketplace }, { caller }, { PaymentId }) {
    const lines = await findApprovals(marketplace, caller.merchant.id, PaymentId);
    const rows = (isApproved: boolean) =>
      lines
        .filter(({ approvalId }) => (approvalId !== null) === isApproved)
        .map(({ number }) => ({ ProductId: Number(number) }));
    return ok({ Approved: rows(true), NotApproved: rows(false) });
  },
};

const ofProduct: Service<typeof ProductInput> = {
  method: "GET",
  path: `${REPORT}/earning/product`,
  summary: "What is due of a product",
  pair: "paywall_public",
  input: ProductInput,
  async run({ marketplace }, { caller }, { ProductId: product }) {
    const [earnings] = await findEarnings(marketplace, caller.merchant.id, { product });
    return ok(earnings && earningsShown(earnings));
  },
};

const ofPayment: Service<typeof PaymentInput> = {
  method: "GET",
  path: `${REPORT}/earning/payment`,
  summary: "What is due of the products of a payment",
  pair: "paywall_public",
  input: PaymentInput,
  async run({ marketplace }, { caller }, { PaymentId: payment }) {
    const all = await findEarnings(marketplace, caller.merchant.id, { payment });
    return ok(all.map(earningsShown));
  },
};

const EarningInput = members({ EarningId: named() });
const byId: Service<typeof EarningInput> = {
  method: "GET",
  path: `${REPORT}/earning/id`,
  summary: "One earning",
  pair: "paywall_public",
  input: EarningInput,
  async run({ marketplace }, { caller: { merchant } }, { EarningId }) {
    return ok(earningShown(merchant, await findEarning(marketplace, merchant.id, EarningId)));
  },
};

const LENGTH_MAX = 50;
const MemberInput = members({
  MemberId: named(),
  Start: whole().refine((start) => start >= 0, outside("0 - 999999999")),
  Length: whole().refine(
    (length) => length >= 1 && length <= LENGTH_MAX,
    outside(`1 - ${LENGTH_MAX}`),
  ),
  SortValue: text().refine((order) => /^(asc|desc)?$/i.test(order), outside("asc / desc")),
  SortColumn: text().refine((column) => /^(id)?$/i.test(column), outside("Id")),
  DateFrom: day().optional(),
  DateTo: day().optional(),
});
const ofMember: Service<typeof MemberInput> = {
  method: "GET",
  path: `${REPORT}/earning/member`,
  summary: "What a member is due, page by page",
  pair: "paywall_public",
  input: MemberInput,
  async run({ marketplace }, { caller, locale }, input) {
    const { earnings, total } = await findMemberEarnings(marketplace, caller.merchant.id, {
      member: input.MemberId,
      start: input.Start,
      length: input.Length,
      isDescending: input.SortValue.toLowerCase() === "desc",
      from: input.DateFrom,
      to: input.DateTo,
    });
    const Data = earnings.map((each) => memberEarningShown(each, locale));
    return ok({ Data, TotalRecord: Number(total) });
  },
};

export const earningReports: readonly Service<z.ZodType>[] = [
  service(approvals),
  service(ofProduct),
  service(ofPayment),
  service(byId),
  service(ofMember),
];
