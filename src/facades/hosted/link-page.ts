import type { FastifyInstance, FastifyRequest } from "fastify";
import {
  cardsOnPage,
  type FoundLink,
  type FoundTry,
  LINK_PATH,
  linkUrl,
  openLinkPage,
  qrSvg,
  readPicture,
  sessionForLink,
} from "../../checkout/index.ts";
import { sessionTerms } from "../../checkout/link.rules.ts";
import { refuse } from "../../lib/refusal.ts";
import {
  type BinAsk,
  binAnswer,
  factsAnswer,
  type Posted,
  payBy,
  problemNamed,
  problemOf,
} from "./card-entry.ts";
import { type CardAsk, sendCardPage } from "./card-page.ts";
import type { HostedDeps } from "./deps.ts";
import { formOf, jsonOf, queryOf } from "./form-body.ts";
import { redirectToGate } from "./gate.ts";
import { meansOf, storedAsk } from "./link-cards.ts";
import { sendLinkClosed, whyClosed } from "./link-closed.ts";
import { type Sheet, sheetFor, TRIED, WHY } from "./page.ts";

const PATH = `${LINK_PATH}/:company/:id`;

const openLink = (deps: HostedDeps, request: FastifyRequest): Promise<FoundLink> => {
  const { company, id } = request.params as Readonly<{ company: string; id: string }>;
  return openLinkPage(deps.checkout, { companyCode: company, id });
};

/** The page's own path: forms keep the language that it is shown in. */
const pathOf = ({ merchant, link }: FoundLink) =>
  `${LINK_PATH}/${encodeURIComponent(merchant.companyCode)}/${link.id}`;

/** What is paid for; a note says it where the link tells no more. */
function wordsOf(found: FoundLink): Pick<CardAsk, "note" | "goods"> {
  const { item, products, hasPicture, note } = found.link.terms;
  if (!item && !products?.length) return { note };
  const pictureUrl = hasPicture ? `${pathOf(found)}/picture` : undefined;
  return { goods: { item, products, pictureUrl } };
}

async function askOf(
  deps: HostedDeps,
  found: FoundLink,
  { locale }: Sheet,
  posted?: Posted,
): Promise<CardAsk> {
  const { merchant, link } = found;
  const path = pathOf(found);
  return {
    merchantName: merchant.name,
    amountMinor: link.amountMinor,
    currency: link.currency,
    ...wordsOf(found),
    payer: link.terms.hidesPayer ? undefined : link.terms.nameSurname,
    // A link without a reference has its own id there, which says nothing to a payer.
    reference: link.reference === link.id ? undefined : link.reference,
    action: `${path}?lang=${locale}`,
    binUrl: `${path}/bin?lang=${locale}`,
    addsCommission: link.terms.addCommission,
    mayChoose3d: false,
    qrUrl: `${path}/qr.svg`,
    stored: await storedAsk(deps, found, posted),
  };
}

function binAskOf({ merchant, link }: FoundLink, { locale }: Sheet): BinAsk {
  const { amountMinor, currency } = link;
  return { merchant, amountMinor, currency, terms: sessionTerms(link), needs3d: true, locale };
}

async function pay(deps: HostedDeps, found: FoundLink, posted: Posted): Promise<FoundTry> {
  const { merchant, link } = found;
  const means = await meansOf(deps, found, posted);
  const session = await sessionForLink(deps.checkout, merchant, link);
  return payBy(deps, { merchant, session }, means, posted);
}

/** How a card may pay that is being typed, or that is stored and was chosen. */
async function answerOf(deps: HostedDeps, found: FoundLink, request: FastifyRequest) {
  const ask = binAskOf(found, sheetFor(request));
  const { card, bin } = jsonOf(request);
  if (typeof card !== "string") return binAnswer(ask, String(bin ?? ""));
  const chosen = (await cardsOnPage(deps.checkout, found)).find(({ pick }) => pick === card);
  return chosen && factsAnswer(ask, chosen.card.facts);
}

/** Pictures are pictures to every browser, and our own pages' alone. */
const pictureHeaders = {
  "cache-control": "private, max-age=300",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'",
  "cross-origin-resource-policy": "same-origin",
};

export function linkPage(app: FastifyInstance, deps: HostedDeps): void {
  // What is left of an address that was cut on its way to the payer.
  for (const path of [LINK_PATH, `${LINK_PATH}/:company`]) {
    app.get(path, () => refuse("link_not_found", {}));
  }
  app.get(PATH, async (request, reply) => {
    const found = await openLink(deps, request);
    const [sheet, closed] = [sheetFor(request), whyClosed(deps, found)];
    const { card, [WHY]: why } = queryOf(request);
    if (closed) return sendLinkClosed({ reply, sheet }, found, closed, why === TRIED);
    const problem = problemNamed(why, sheet.locale);
    // Of what a payer chose before an address says the card alone: to store one is asked for anew.
    const ask = await askOf(deps, found, sheet, card === undefined ? {} : { card });
    return sendCardPage(reply, sheet, ask, problem);
  });
  app.post(PATH, async (request, reply) => {
    const found = await openLink(deps, request);
    const [sheet, closed] = [sheetFor(request), whyClosed(deps, found)];
    if (closed) return sendLinkClosed({ reply, sheet }, found, closed, true);
    const posted = formOf(request);
    let tried: FoundTry;
    try {
      tried = await pay(deps, found, posted);
    } catch (error) {
      // Of a stored card nothing was typed that could tell its ways to pay.
      const typed = posted["card"] ? {} : posted;
      const problem = problemOf(error, binAskOf(found, sheet), typed);
      return sendCardPage(reply, sheet, await askOf(deps, found, sheet, posted), problem);
    }
    return redirectToGate(deps, tried, { reply, sheet });
  });
  app.post(`${PATH}/bin`, async (request, reply) => {
    const found = await openLink(deps, request);
    const answer = await answerOf(deps, found, request);
    return answer ?? reply.status(404).send({});
  });
  app.get(`${PATH}/picture`, async (request, reply) => {
    const { link } = await openLink(deps, request);
    const picture = await readPicture(deps.checkout, link);
    if (!picture) return reply.status(404).send();
    return reply.headers(pictureHeaders).type(picture.type).send(picture.bytes);
  });
  app.get(`${PATH}/qr.svg`, async (request, reply) => {
    const { merchant, link } = await openLink(deps, request);
    const svg = qrSvg(linkUrl(deps.checkout, merchant, link));
    return reply.headers(pictureHeaders).type("image/svg+xml").send(svg);
  });
}
