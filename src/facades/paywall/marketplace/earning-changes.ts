import type { z } from "zod";
import {
  changeEarnings,
  type EarningChange,
  type EarningName,
} from "../../../marketplace/index.ts";
import { type Service, service } from "../deps.ts";
import { ok } from "../wire/envelope.ts";
import { amount, day, flag, named, whole } from "../wire/formats.ts";
import { members } from "../wire/members.ts";

const productMembers = { ProductId: named(), ApplyAll: flag };
const earningMembers = { Id: named() };

type Asked = Readonly<{ ProductId: bigint; ApplyAll: boolean }> | Readonly<{ Id: bigint }>;
const nameOf = (asked: Asked): EarningName =>
  "Id" in asked ? { earning: asked.Id } : { product: asked.ProductId, all: asked.ApplyAll };

/** One service that changes what is due. */
const change = <Input extends z.ZodType<Asked>>(
  path: string,
  summary: string,
  input: Input,
  changeOf: (asked: z.output<Input>) => EarningChange,
): Service<z.ZodType> =>
  service<Input>({
    method: "PUT",
    path: `/api/paywall/marketplace/earning/${path}`,
    summary,
    pair: "paywall_public",
    input,
    async run({ marketplace }, { caller }, asked) {
      await changeEarnings(marketplace, caller.merchant, nameOf(asked), changeOf(asked));
      return ok();
    },
  });

const days = { Day: whole() };
const sum = { Earning: amount("earning_amount_wrong") };
const date = { ReflectionDate: day("date_passed") };

const postponed = ({ Day }: { Day: number }) => ({ what: "postpone", days: Day }) as const;
const raised = ({ Earning }: { Earning: bigint }) => ({ what: "raise", minor: Earning }) as const;
const lowered = ({ Earning }: { Earning: bigint }) => ({ what: "lower", minor: Earning }) as const;
const redated = ({ ReflectionDate }: { ReflectionDate: string }) =>
  ({ what: "redate", day: ReflectionDate }) as const;

const words = {
  postpone: "Move what is due to a later day",
  increase: "Raise what is due",
  decrease: "Lower what is due",
  reflection: "Set the day on which it is due",
};

export const earningChanges: readonly Service<z.ZodType>[] = [
  change("postpone/product", words.postpone, members({ ...productMembers, ...days }), postponed),
  change("postpone/id", words.postpone, members({ ...earningMembers, ...days }), postponed),
  change("increase/product", words.increase, members({ ...productMembers, ...sum }), raised),
  change("increase/id", words.increase, members({ ...earningMembers, ...sum }), raised),
  change("decrease/product", words.decrease, members({ ...productMembers, ...sum }), lowered),
  change("decrease/id", words.decrease, members({ ...earningMembers, ...sum }), lowered),
  change("reflection/product", words.reflection, members({ ...productMembers, ...date }), redated),
  change("reflection/id", words.reflection, members({ ...earningMembers, ...date }), redated),
];
