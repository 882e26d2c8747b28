import type { FastifyReply } from "fastify";
import { type Html, html } from "../../lib/html.ts";
import { Refusal } from "../../lib/refusal.ts";
import { type CodeStep, proveVisit, sendOrderCode } from "../../subscriptions/index.ts";
import type { HostedDeps } from "./deps.ts";
import { dayOverUntil } from "./order-day-over.ts";
import { PANEL, pathIn, sendStep } from "./order-form.ts";
import type { View } from "./order-sheet.ts";
import { orderTexts } from "./order-texts.ts";
import { phoneText, waitText } from "./order-words.ts";
import type { Sheet } from "./page.ts";
import { timeText } from "./words.ts";

/** Longer than any code with the gaps that people type. */
const CODE_TEXT_MAX = 12;

type Visit = Readonly<{ visit: string; step: Exclude<CodeStep, { kind: "proven" }> }>;

const hiddenVisit = (visit: string): Html =>
  html`<input type="hidden" name="visit" value="${visit}">`;

/** Before the wait is over its button says so when it is pressed; the script holds it back. */
function again({ page, locale }: View, { visit, step }: Visit): Html {
  const said = orderTexts[locale].code;
  const seconds = step.kind === "sent" ? step.waitSeconds : 0;
  const wait = said.wait.replace("{wait}", waitText(seconds, locale));
  return html`
<form method="post" action="${pathIn(page, locale, "/code")}#${PANEL}" class="again">
${hiddenVisit(visit)}<input type="hidden" name="do" value="send">
<p class="hint" id="wait" data-seconds="${seconds}" data-wait="${said.wait}"
  data-may="${said.may}" data-minute="${said.minute}" data-second="${said.second}">${wait}</p>
<button class="plain" id="again" type="submit">${said.again}</button>
</form>`;
}

function typing(view: View, { visit, step }: Visit, isWrong: boolean): Html {
  const { page, locale } = view;
  const said = orderTexts[locale].code;
  const left = step.kind === "sent" ? step.left : 0;
  const phone = phoneText(page.order.terms.phone);
  if (left === 0) return html`<p class="lead">${said.spent}</p>${again(view, { visit, step })}`;
  return html`
<form method="post" action="${pathIn(page, locale, "/code")}#${PANEL}">
<p class="lead" id="why">${said.sent(phone)}</p>
${hiddenVisit(visit)}<input type="hidden" name="do" value="check">
<div class="field wide">
<label for="code">${said.label}</label>
<div class="control"><input id="code" name="code" type="text" required autofocus
  autocomplete="one-time-code" autocapitalize="characters" autocorrect="off" spellcheck="false"
  maxlength="${CODE_TEXT_MAX}" aria-describedby="why ${isWrong ? "form-error" : "left"}"
  ${isWrong && html`aria-invalid="true"`}></div>
${!isWrong && html`<p class="hint" id="left">${said.left(left)}</p>`}
</div>
<button class="pay" type="submit">${said.check}</button>
</form>
${again(view, { visit, step })}`;
}

function asking(view: View, visit: string): Html {
  const { page, locale } = view;
  const said = orderTexts[locale].code;
  return html`
<form method="post" action="${pathIn(page, locale, "/code")}#${PANEL}">
<p class="lead">${said.why(phoneText(page.order.terms.phone))}</p>
${hiddenVisit(visit)}<input type="hidden" name="do" value="send">
<button class="pay" type="submit">${said.send}</button>
</form>`;
}

/** The step before the card, in which the payer's phone is proved. */
export function sendCodeStep(
  reply: FastifyReply,
  sheet: Sheet,
  view: View,
  { problem: found, ...visit }: Visit & Readonly<{ problem?: string | undefined }>,
) {
  const said = orderTexts[sheet.locale].code;
  const { step } = visit;
  // Where nothing can be typed any more, the step itself says what the problem is.
  const problem = step.kind === "over" ? undefined : found;
  const body = () => {
    if (step.kind === "none") return asking(view, visit.visit);
    if (step.kind === "sent") return typing(view, { ...visit, step }, problem !== undefined);
    return html`<p class="lead">${said.over(timeText(step.until, sheet.locale))}</p>`;
  };
  const panel = html`<p class="step">${said.step(1)}</p><h2>${said.title}</h2>${body()}`;
  return sendStep(reply, sheet, view, { panel, script: "code.js", problem });
}

/** What is wrong with a code, in words for who reads it from the phone. */
function codeWords(error: unknown, { locale }: View): string {
  const said = orderTexts[locale].code;
  if (!(error instanceof Refusal)) throw error;
  const { details } = error as Refusal<"code_wrong" | "code_too_early">;
  if (error.code === "code_wrong" && "left" in details) return said.wrong(details.left);
  if (error.code === "code_too_early" && "wait" in details) {
    return said.too_early(waitText(details.wait, locale));
  }
  if (error.code === "code_expired") return said.expired;
  const until = dayOverUntil(error);
  if (until) return said.over(timeText(until, locale));
  throw error;
}

/** Sends a code or looks at one; the words for the payer where that came to nothing. */
export async function doCode(
  deps: HostedDeps,
  view: View,
  posted: Readonly<Record<string, string>>,
  visit: string,
): Promise<string | undefined> {
  const { merchant, order } = view.page;
  try {
    if (posted["do"] !== "check") {
      await sendOrderCode(deps.subscriptions, merchant, order, view.locale);
      return undefined;
    }
    const code = (posted["code"] ?? "").slice(0, CODE_TEXT_MAX);
    if (code.trim() === "") return orderTexts[view.locale].code.missing;
    await proveVisit(deps.subscriptions, merchant, order, { visit, code });
    return undefined;
  } catch (error) {
    return codeWords(error, view);
  }
}
