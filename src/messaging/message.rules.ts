import { after } from "../lib/clock.ts";
import type { MessageId } from "../lib/id.ts";
import { CODE_LIFETIME_MS } from "./code.rules.ts";
import type { Channel } from "./recipient.rules.ts";

/**
 * Why a message is written: a link to pay by or to pay regularly, a receipt, and codes that prove a
 * phone.
 */
export const messagePurposes = [
  "link",
  "subscription",
  "receipt",
  "card_code",
  "receipt_code",
  "subscription_code",
] as const;
export type MessagePurpose = (typeof messagePurposes)[number];

/** What is to be said to whom. A text message has no subject. */
export type NewMessage = Readonly<{
  purpose: MessagePurpose;
  channel: Channel;
  recipient: string;
  subject: string;
  body: string;
}>;

/** A message as it is kept. `problem` is a sentence for whoever runs this Vezne. */
export type Message = NewMessage &
  Readonly<{
    id: MessageId;
    /** A sandbox keeps its messages; those of a live merchant wait until they end. */
    status: "kept" | "waiting" | "sent" | "failed";
    tries: number;
    problem: string | null;
    createdAt: Date;
    endedAt: Date | null;
  }>;

/** How often a carrier is tried: with the queue's growing pauses about three and a half hours. */
export const TRIES_MAX = 10;

const SUBJECT_MAX = 200;
/** Far more than any text of ours; a text message of that length would be a small book. */
export const BODY_MAX = 10_000;

/** One line for a header, whatever was in it. */
export const cleanLine = (text: string, lengthMax = SUBJECT_MAX): string => {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  const letters = [...line];
  return letters.length > lengthMax ? `${letters.slice(0, lengthMax - 1).join("")}…` : line;
};

/** A text of lines, without the other control characters. */
export const cleanText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/(?!\n)\p{Cc}/gu, " ");

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
/** A text as it may stand in HTML and XML, between tags and in quotes. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? "");

/** A line that is nothing but an address can be clicked. */
const htmlLine = (line: string): string =>
  /^https?:\/\/[^\s<>"']+$/.test(line)
    ? `<a href="${escaped(line)}">${escaped(line)}</a>`
    : escaped(line);

/** The same text for readers who see HTML: paragraphs, lines and addresses, nothing else. */
export function htmlOf(body: string): string {
  const paragraphs = body
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.split("\n").map(htmlLine).join("<br>\n")}</p>`);
  return `<!doctype html>\n<html><body>\n${paragraphs.join("\n")}\n</body></html>\n`;
}

/** Whether a message says something that nobody may read later. */
export const holdsCode = (purpose: string): boolean =>
  /^(?:card|receipt|subscription)_code$/.test(purpose);

/** Whether a message has lost its sense: a code that came too late only misleads. */
export const isLate = ({ purpose, createdAt }: Message, now: Date): boolean =>
  holdsCode(purpose) && after(createdAt, CODE_LIFETIME_MS) <= now;
