import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type Found, type FoundTry, findSession } from "../../checkout/index.ts";
import { stillOpen } from "../../checkout/session.rules.ts";
import { refuse } from "../../lib/refusal.ts";
import { timeOf } from "../../merchants/merchant.rules.ts";
import { type BinAsk, binAnswer, enterCard, problemNamed, problemOf } from "./card-entry.ts";
import { type CardAsk, sendCardPage } from "./card-page.ts";
import type { HostedDeps } from "./deps.ts";
import { formOf, jsonOf, queryOf } from "./form-body.ts";
import { redirectToGate } from "./gate.ts";
import { type Sheet, sheetFor, WHY } from "./page.ts";
import { tellFrame } from "./return.ts";

/** The page of the ready form, which a shop's script shows in its overlay. */
const PATH = "/v1/paynetjgate/form";
const BIN_PATH = "/v1/paynetjgate/bin";

function askOf({ merchant, session }: Found, handle: string, { locale }: Sheet): CardAsk {
  const { terms } = session;
  // The shop's page chose the language, which need not be the browser's.
  const names = new URLSearchParams({ session_id: handle, lang: locale });
  return {
    merchantName: String(terms.details["title"] ?? merchant.name),
    amountMinor: session.amountMinor,
    currency: session.currency,
    note: terms.details["note"]?.toString(),
    reference: terms.reference,
    action: `${PATH}?${names}`,
    binUrl: `${BIN_PATH}?${names}`,
    addsCommission: terms.addCommission,
    mayChoose3d: merchant.maySellWithout3d && !terms.needs3d,
    shop: terms.origin ?? "*",
  };
}

function binAskOf({ merchant, session }: Found, { locale }: Sheet): BinAsk {
  const { amountMinor, currency, terms } = session;
  const needs3d = terms.needs3d || !merchant.maySellWithout3d;
  return { merchant, amountMinor, currency, terms, needs3d, locale };
}

const handleIn = (request: FastifyRequest): string =>
  String((request.query as Readonly<Record<string, unknown>>)["session_id"] ?? "");

/** A form's session while it takes cards. Refuses `session_not_found`. */
async function openForm(deps: HostedDeps, request: FastifyRequest): Promise<Found> {
  const found = await findSession(deps.checkout, handleIn(request));
  if (found.session.kind !== "form") return refuse("session_not_found", {});
  stillOpen(found.session, timeOf(found.merchant, deps.clock()));
  return found;
}

/** The payer goes to the bank, or the shop's page is told that all was entered. */
function goOn(
  deps: HostedDeps,
  tried: FoundTry,
  at: Readonly<{ reply: FastifyReply; sheet: Sheet; handle: string }>,
) {
  const { reply, sheet, handle } = at;
  const names = { session_id: handle, token_id: tried.token.guid };
  if (tried.token.status === "challenged") return redirectToGate(deps, tried, { reply, sheet });
  return tellFrame(tried, { kind: "authenticated", token: tried.token }, { reply, sheet, names });
}

export function formPage(app: FastifyInstance, deps: HostedDeps): void {
  app.get(PATH, async (request, reply) => {
    const found = await openForm(deps, request);
    const sheet = sheetFor(request);
    const problem = problemNamed(queryOf(request)[WHY], sheet.locale);
    return sendCardPage(reply, sheet, askOf(found, handleIn(request), sheet), problem);
  });
  app.post(PATH, async (request, reply) => {
    const found = await openForm(deps, request);
    const [sheet, handle] = [sheetFor(request), handleIn(request)];
    const posted = formOf(request);
    let tried: FoundTry;
    try {
      tried = await enterCard(deps, found, posted);
    } catch (error) {
      const problem = problemOf(error, binAskOf(found, sheet), posted);
      return sendCardPage(reply, sheet, askOf(found, handle, sheet), problem);
    }
    return goOn(deps, tried, { reply, sheet, handle });
  });
  app.post(BIN_PATH, async (request, reply) => {
    const ask = binAskOf(await openForm(deps, request), sheetFor(request));
    const answer = binAnswer(ask, String(jsonOf(request)["bin"] ?? ""));
    return answer ?? reply.status(404).send({});
  });
}
