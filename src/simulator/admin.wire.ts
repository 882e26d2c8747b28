import { z } from "zod";
import { PAGE_MAX } from "./book.view.store.ts";
import { DEFAULT_LIMIT_KURUS } from "./cards.rules.ts";
import { FASTEST_RATE } from "./clock.rules.ts";
import { canHit, faultActions, faultOps } from "./faults.rules.ts";
import { authentications, codeKinds, mdStatuses } from "./threeds.rules.ts";

const kurus = z.number().int().min(0).max(99_999_999_999_999);
const LONGEST_DELAY_MS = 3_600_000;

export const FaultBody = z
  .strictObject({
    match: z
      .strictObject({
        prefix: z.string().startsWith("/").optional(),
        op: z.enum(faultOps).optional(),
        merchantNo: z.string().optional(),
        orderNo: z.string().optional(),
        amountFrom: kurus.optional(),
        amountTo: kurus.optional(),
        nth: z.number().int().positive().optional(),
        probability: z.number().min(0).max(1).optional(),
      })
      .default({}),
    action: z.enum(faultActions),
    params: z
      .strictObject({
        commit: z.boolean().optional(),
        ms: z.number().int().min(0).max(LONGEST_DELAY_MS).optional(),
        commitLate: z.boolean().optional(),
        seconds: z.number().int().positive().max(31_536_000).optional(),
        bytes: z.number().int().min(0).optional(),
        end: z.enum(["fin", "rst"]).optional(),
        code: z
          .string()
          .regex(/^(?!00)[0-9A-Z]{2}$/)
          .optional(),
        /** `2` or `"2"`: the command line sends numbers. */
        mdStatus: z.coerce.string().pipe(z.enum(mdStatuses)).optional(),
      })
      .default({}),
    /** `null` never runs out. */
    times: z.number().int().positive().nullable().default(null),
  })
  .check(({ value: { action, match }, issues }) => {
    if (canHit(action, match.op)) return;
    const where = match.op === "3d" ? "on the 3-D page" : `to ${match.op}`;
    const message = `${action} can do nothing ${where}`;
    issues.push({ code: "custom", path: ["action"], message, input: action });
  });

const moment = z.iso.datetime({ offset: true });
export const ClockBody = z.union([
  z.strictObject({
    advance: z.string().regex(/^P/),
    /** The mover's name for this step: the same one given again moves nothing. */
    step: z.string().min(1).max(64).optional(),
  }),
  z.strictObject({ freeze: z.union([moment, z.literal(true)]) }),
  z.strictObject({ rate: z.number().positive().max(FASTEST_RATE) }),
  z.strictObject({ unfreeze: z.literal(true) }),
]);
export type ClockBody = z.output<typeof ClockBody>;

export const CardBody = z.strictObject({
  pan: z.string().regex(/^\d{13,19}$/),
  brand: z.enum(["VISA", "MASTERCARD", "TROY", "AMEX"]),
  program: z.string().max(40).default(""),
  issuerEft: z
    .string()
    .regex(/^\d{4}$/)
    .default("0062"),
  kind: z.enum(["credit", "debit", "prepaid"]).default("credit"),
  limitKurus: kurus.default(DEFAULT_LIMIT_KURUS),
  behaviour: z
    .union([
      z.literal("ok"),
      z.literal("three_ds_only"),
      z.templateLiteral(["decline:", z.string().regex(/^(?!00)[0-9A-Z]{2}$/)]),
    ])
    .default("ok"),
  authentication: z.enum(authentications).default("full"),
  codeKind: z.enum(codeKinds).default("common"),
});

/** Sets what an account has free in a currency. */
export const BalanceBody = z.strictObject({
  accountNo: z.string().min(1).max(64),
  currency: z.enum(["TRY", "USD", "EUR", "GBP"]),
  balanceKurus: kurus,
});

export const EodBody = z.strictObject({ merchantNo: z.string().default("") });
export const ResetBody = z.strictObject({ seed: z.string().min(1).max(100).optional() });

export const PageQuery = z.object({
  merchantNo: z.string().default(""),
  orderNo: z.string().default(""),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(1000),
  /** `1`: each order with its transactions that stand. */
  txns: z.string().default(""),
  /** `1`: the last orders instead of the first. */
  newest: z.string().default(""),
});
export const IdQuery = z.object({ id: z.coerce.number().int().positive().optional() });
