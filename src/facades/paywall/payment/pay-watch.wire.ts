import { z } from "zod";
import { checkAddress } from "../../../lib/address.ts";
import { type InputProblem, refuse } from "../../../lib/refusal.ts";
import {
  WATCH_MINUTES,
  WATCH_MINUTES_MAX,
  WATCH_MINUTES_MIN,
  WATCHES_MAX,
  type WatchAction,
  type WatchAsk,
  type WatchedStatus,
} from "../../../marketplace/watch.rules.ts";
import type { Merchant } from "../../../merchants/index.ts";
import { flag, text, whole } from "../wire/formats.ts";
import { members } from "../wire/members.ts";

const ADDRESS_MAX = 2_000;

const jobMembers = {
  WatchMin: whole().optional(),
  ActionId: whole().optional(),
  PaymentStatus: z.array(members({ Id: whole() })).default([]),
  WebhookAddress: text(ADDRESS_MAX),
};
type Job = Readonly<{
  WatchMin?: number | undefined;
  ActionId?: number | undefined;
  PaymentStatus: readonly Readonly<{ Id: number }>[];
  WebhookAddress: string;
}>;

/** The members by which a client has a payment looked at again. */
export const watchMembers = {
  PayWatch: members({ Watch: flag, ...jobMembers }).optional(),
  PayWatchMultipleSupport: flag,
  PayWatchMultiple: members({
    Watch: flag,
    Jobs: z.array(members(jobMembers)).default([]),
  }).optional(),
};
type Asked = Readonly<{
  PayWatch?: (Job & Readonly<{ Watch: boolean }>) | undefined;
  PayWatchMultipleSupport: boolean;
  PayWatchMultiple?: Readonly<{ Watch: boolean; Jobs: readonly Job[] }> | undefined;
}>;

const actions: Readonly<Record<number, WatchAction>> = {
  1: "report",
  2: "change",
  3: "cancel",
  4: "notify",
};
/** A failure that is found by asking is a failure like any other here. */
const statuses: Readonly<Record<number, WatchedStatus>> = {
  2: "started",
  5: "failed",
  7: "failed",
};

const wrong = (field: string, problem: InputProblem, bound?: string): never =>
  refuse("invalid_input", { field, problem, bound });
const oneOf = (ids: Readonly<Record<number, unknown>>) => Object.keys(ids).join(", ");

/** Minutes until a payment is looked at; zero is what clients send that say nothing. */
function minutesOf(asked: number | undefined, field: string): number {
  if (!asked) return WATCH_MINUTES;
  const isIn = asked >= WATCH_MINUTES_MIN && asked <= WATCH_MINUTES_MAX;
  return isIn ? asked : wrong(field, "out_of_range", `${WATCH_MINUTES_MIN} - ${WATCH_MINUTES_MAX}`);
}

/** The members by which a client has a page's payment looked at once the page is over. */
export const pageWatchMembers = {
  PayWatchSupport: flag,
  PayWatchMin: whole().optional(),
  PayWatchCallbackAddress: text(ADDRESS_MAX),
};
type PageAsked = Readonly<{
  PayWatchSupport: boolean;
  PayWatchMin?: number | undefined;
  PayWatchCallbackAddress: string;
}>;

/** The same of a page, which is reported. Refuses `invalid_input` with the member's name. */
export function pageWatchOf(merchant: Merchant, asked: PageAsked): WatchAsk | undefined {
  if (!asked.PayWatchSupport) return undefined;
  const minutes = minutesOf(asked.PayWatchMin, "PayWatchMin");
  const field = "PayWatchCallbackAddress";
  if (!asked[field]) return wrong(field, "missing");
  const url = checkAddress(field, asked[field], merchant);
  return { action: "report", statuses: [...new Set(Object.values(statuses))], url, minutes };
}

/** What one job asks for; `at` is where it stands. */
function watchOf(merchant: Merchant, job: Job, at: string): WatchAsk {
  const { WebhookAddress: address } = job;
  const minutes = minutesOf(job.WatchMin, `${at}.WatchMin`);
  const action = actions[job.ActionId ?? 0];
  if (!action) return wrong(`${at}.ActionId`, "out_of_range", oneOf(actions));
  const asked = job.PaymentStatus.map(({ Id }, i) => {
    const known = statuses[Id];
    return known ?? wrong(`${at}.PaymentStatus[${i}].Id`, "out_of_range", oneOf(statuses));
  });
  const watched = new Set(asked.length > 0 ? asked : Object.values(statuses));
  const needsAddress = action === "report" || action === "notify";
  if (!address && needsAddress) return wrong(`${at}.WebhookAddress`, "missing");
  const url = address ? checkAddress(`${at}.WebhookAddress`, address, merchant) : undefined;
  return { action, statuses: [...watched], url, minutes };
}

/**
 * When a payment is to be looked at again, and for what. What stands beside a switch that is off is
 * not looked at. Refuses `invalid_input` with the name of the member that is wrong.
 */
export function watchesOf(
  merchant: Merchant,
  { PayWatch: one, PayWatchMultipleSupport: isMany, PayWatchMultiple: many }: Asked,
): WatchAsk[] {
  const at = "PaymentDetail.PayWatch";
  const own = one?.Watch ? [watchOf(merchant, one, at)] : [];
  if (!isMany) return own;
  if (!many) return wrong(`${at}Multiple`, "missing");
  if (!many.Watch) return own;
  if (many.Jobs.length === 0) return wrong(`${at}Multiple.Jobs`, "missing");
  const jobs = many.Jobs.map((job, i) => watchOf(merchant, job, `${at}Multiple.Jobs[${i}]`));
  const isTooMany = own.length + jobs.length > WATCHES_MAX;
  return isTooMany
    ? wrong(`${at}Multiple.Jobs`, "out_of_range", `1 - ${WATCHES_MAX - own.length}`)
    : own.concat(jobs);
}
