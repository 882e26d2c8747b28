import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FoundTry } from "../../checkout/index.ts";
import { offerKey, offersFor } from "../../checkout/offers.rules.ts";
import type { Locale } from "../../lib/messages/index.ts";
import { Refusal, refuse } from "../../lib/refusal.ts";
import {
  codeStepOf,
  ORDER_PATH,
  type OrderPage,
  openOrderPage,
  startCardEntry,
  targetOf,
  visitOf,
} from "../../subscriptions/index.ts";
import type { Card } from "../../vault/index.ts";
import {
  type BinAsk,
  binAnswer,
  NotShown,
  type Posted,
  problemOf,
  typedCard,
} from "./card-entry.ts";
import type { Problem } from "./card-page.ts";
import type { HostedDeps } from "./deps.ts";
import { formOf, jsonOf, queryOf } from "./form-body.ts";
import { redirectToGate } from "./gate.ts";
import { sendOrderClosed, whyOrderClosed } from "./order-closed.ts";
import { doCode, sendCodeStep } from "./order-code.ts";
import { dayOverUntil, sendDayOver } from "./order-day-over.ts";
import { pathIn, SHOWN, sendCardStep } from "./order-form.ts";
import { viewOf } from "./order-sheet.ts";
import { NOT_ACCEPTED, orderProblem, orderProblemWords } from "./order-texts.ts";
import { type Sheet, sheetFor, TRIED, WHY } from "./page.ts";

const PATH = `${ORDER_PATH}/:company/:id`;

const openPage = (deps: HostedDeps, request: FastifyRequest): Promise<OrderPage> => {
  const { company, id } = request.params as Readonly<{ company: string; id: string }>;
  return openOrderPage(deps.subscriptions, { companyCode: company, id });
};

/** How the card may pay what each term costs; of amounts that vary nothing is known. */
function binAskOf({ merchant, order }: OrderPage, { locale }: Sheet): BinAsk {
  const { amountMinor, currency, addsCommission: addCommission } = order;
  const terms = { addCommission, instalments: [0] };
  return { merchant, amountMinor, currency, terms, needs3d: true, locale };
}

function binAnswerOf(page: OrderPage, sheet: Sheet, bin: string) {
  const answer = binAnswer(binAskOf(page, sheet), bin);
  return page.order.isFixedPrice ? answer : answer && { ...answer, options: [] };
}

type At = Readonly<{ reply: FastifyReply; sheet: Sheet }>;

/** The step that a visit has come to: the phone first where that is asked for, then the card. */
async function sendPayer(
  deps: HostedDeps,
  page: OrderPage,
  { reply, sheet }: At,
  { visit, problem }: Readonly<{ visit: string; problem?: Problem | undefined }>,
) {
  const view = viewOf(deps, page, sheet.locale);
  const { merchant, order } = page;
  if (!order.terms.needsCode) {
    return sendCardStep(reply, sheet, view, { visit: undefined, problem });
  }
  const step = await codeStepOf(deps.subscriptions, merchant, order, visit);
  return step.kind === "proven"
    ? sendCardStep(reply, sheet, view, { visit, problem })
    : sendCodeStep(reply, sheet, view, { visit, step, problem: problem?.words });
}

class NotAccepted extends Error {}

/** With a commission on top a payer agrees to the amount that this very card is drawn. */
function agreesTo({ merchant, order }: OrderPage, { facts }: Card, key: string | undefined) {
  const { addsCommission: addCommission, isFixedPrice } = order;
  if (!addCommission || !isFixedPrice) return true;
  const offers = offersFor(merchant, facts, order, { addCommission, instalments: [0] });
  // What no contract takes is refused in other words.
  return offers.length === 0 || offers.some((offer) => offerKey(facts, offer) === key);
}

/** Takes the card that a payer typed. Refuses as `typedCard` and `startCardEntry`. */
async function enter(
  deps: HostedDeps,
  page: OrderPage,
  posted: Posted,
  clientIp: string,
): Promise<FoundTry> {
  const { merchant } = page;
  if (posted["accept"] !== "1") throw new NotAccepted();
  const card = typedCard(deps, merchant, posted);
  if (!agreesTo(page, card, posted["instalment_key"])) throw new NotShown();
  const { visit, [SHOWN]: shown = "" } = posted;
  const target = targetOf(page, shown.split(" "));
  return startCardEntry(deps.subscriptions, merchant, target, {
    ...{ card, origin: "page", visit, clientIp },
  });
}

/** What the page says of a card that was not taken. Any other error is thrown on. */
function entryProblem(error: unknown, page: OrderPage, sheet: Sheet, posted: Posted): Problem {
  const { locale } = sheet;
  if (error instanceof NotAccepted) return problemOfOrder(NOT_ACCEPTED, locale);
  if (error instanceof NotShown) {
    const { why, options } = problemOf(error, binAskOf(page, sheet), posted);
    return { ...problemOfOrder(why, locale), options };
  }
  if (error instanceof Refusal) return problemOfOrder(orderProblem(error), locale);
  throw error;
}
const problemOfOrder = (why: string, locale: Locale): Problem => ({
  why,
  words: orderProblemWords(why, locale) ?? "",
  options: [],
});

async function take(deps: HostedDeps, request: FastifyRequest, reply: FastifyReply) {
  const page = await openPage(deps, request);
  const [sheet, closed] = [sheetFor(request), whyOrderClosed(page)];
  if (closed) return sendOrderClosed({ reply, sheet }, page, closed, true);
  const posted = formOf(request);
  let tried: FoundTry;
  try {
    tried = await enter(deps, page, posted, request.ip);
  } catch (error) {
    const until = dayOverUntil(error);
    if (until) return sendDayOver(reply, sheet, page, until);
    const problem = entryProblem(error, page, sheet, posted);
    return sendPayer(deps, page, { reply, sheet }, { visit: visitOf(posted["visit"]), problem });
  }
  return redirectToGate(deps, tried, { reply, sheet });
}

/** A code is sent or checked; then the page is asked for anew, so that nobody sends it again. */
async function code(deps: HostedDeps, request: FastifyRequest, reply: FastifyReply) {
  const page = await openPage(deps, request);
  const [sheet, closed] = [sheetFor(request), whyOrderClosed(page)];
  if (closed) return sendOrderClosed({ reply, sheet }, page, closed, false);
  const posted = formOf(request);
  const visit = visitOf(posted["visit"]);
  const words = await doCode(deps, viewOf(deps, page, sheet.locale), posted, visit);
  if (words) {
    const problem = { why: "", words, options: [] };
    return sendPayer(deps, page, { reply, sheet }, { visit, problem });
  }
  return toStep(reply, page, sheet.locale, visit);
}

const toStep = (reply: FastifyReply, page: OrderPage, locale: Locale, visit: string) =>
  reply
    .headers({ "cache-control": "no-store", "referrer-policy": "no-referrer" })
    .redirect(`${pathIn(page, locale)}&visit=${visit}`, 303);

/** The page on which a payer agrees to an order and enters a card for it. */
export function orderPage(app: FastifyInstance, deps: HostedDeps): void {
  // What is left of an address that was cut on its way to the payer.
  for (const path of [ORDER_PATH, `${ORDER_PATH}/:company`]) {
    app.get(path, () => refuse("subscription_not_found", {}));
  }
  app.get(PATH, async (request, reply) => {
    const page = await openPage(deps, request);
    const [sheet, closed] = [sheetFor(request), whyOrderClosed(page)];
    const { visit, [WHY]: why = "" } = queryOf(request);
    if (closed) return sendOrderClosed({ reply, sheet }, page, closed, why === TRIED);
    const named = problemOfOrder(why, sheet.locale);
    const problem = named.words ? named : undefined;
    return sendPayer(deps, page, { reply, sheet }, { visit: visitOf(visit), problem });
  });
  // The answer to a code, asked for again: its step is known by the visit.
  app.get(`${PATH}/code`, async (request, reply) => {
    const page = await openPage(deps, request);
    const { locale } = sheetFor(request);
    return toStep(reply, page, locale, visitOf(queryOf(request)["visit"]));
  });
  app.post(PATH, (request, reply) => take(deps, request, reply));
  app.post(`${PATH}/code`, (request, reply) => code(deps, request, reply));
  app.post(`${PATH}/bin`, async (request, reply) => {
    const page = await openPage(deps, request);
    const answer = binAnswerOf(page, sheetFor(request), String(jsonOf(request)["bin"] ?? ""));
    return answer ?? reply.status(404).send({});
  });
}
