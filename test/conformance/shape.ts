import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { Answer } from "../support/world.ts";

/** Forms of values that differ from run to run. In an example such a value is the form's name. */
const forms: Readonly<Record<string, RegExp>> = {
  "<xact_id>": /^xk_EAAAA[A-Za-z0-9+*]{18}$/,
  "<guid>": /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/,
  "<time with offset>": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+03:00$/,
  "<time>": /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}$/,
  "<dotted day>": /^\d\d\.\d\d\.\d{4}$/,
  "<dotted time>": /^\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d$/,
  "<link id>": /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  "<link page>": /^http:\/\/127\.0\.0\.1:\d+\/po\/10001\/[0-9a-f-]{36}$/,
  "<order page>": /^http:\/\/127\.0\.0\.1:\d+\/sub\/10001\/[0-9a-f-]{36}$/,
  "<session>": /^js_EAAAA[\w-]{51}$/,
  "<instalment key>": /^ji_EAAAA[\w-]+$/,
  "<gate address>": /^http:\/\/[\d.:]+\/v1\/paynetjgate\/tds\?session_id=\S+&token_id=\S+$/,
  "<card gate address>":
    /^http:\/\/[\d.:]+\/v1\/subscriptioncreatecardjgate\/tds\?session_id=\S+&token_id=\S+$/,
  "<gate>": /^http:\/\/127\.0\.0\.1:\d+\/v1\/paynetjgate\/tds$/,
  "<form to the gate>": /^<form name="paynetForm" id="paynetForm" method="post" .+<\/script>$/,
  "<bank logo>": /^http:\/\/127\.0\.0\.1:\d+\/public\/banks\/[A-Z]{4}\.svg$/,
  "<card token>": /^[\w-]{43}$/,
  "<card owner>": /^own_[0-9A-Z]{20}$/,
  "<digits>": /^\d+$/,
  "<bank code>": /^[0-9A-Z]{6,32}$/,
  "<some text>": /^[^<].+$/,
};
const NUMBER = "<whole number>";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kind = (value: unknown) =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value;

function differsAsValue(actual: unknown, wanted: unknown): boolean {
  if (wanted === NUMBER) return !Number.isSafeInteger(actual);
  const form = typeof wanted === "string" ? forms[wanted] : undefined;
  if (form) return typeof actual !== "string" || !form.test(actual);
  return actual !== wanted;
}

/** How `actual` differs from an example in members, types and values, one text for each. */
export function differences(actual: unknown, wanted: unknown, at = ""): string[] {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual)) return [`${at}: ${kind(actual)} in the place of an array`];
    if (actual.length !== wanted.length) return [`${at}: ${actual.length} of ${wanted.length}`];
    return wanted.flatMap((each, i) => differences(actual[i], each, `${at}[${i}]`));
  }
  if (isObject(wanted)) {
    if (!isObject(actual)) return [`${at}: ${kind(actual)} in the place of an object`];
    const names = new Set([...Object.keys(wanted), ...Object.keys(actual)]);
    return [...names].flatMap((name) => {
      if (!(name in wanted)) return [`${at}.${name}: not in the example`];
      if (!(name in actual)) return [`${at}.${name}: missing`];
      return differences(actual[name], wanted[name], `${at}.${name}`);
    });
  }
  if (!differsAsValue(actual, wanted)) return [];
  return [`${at}: ${JSON.stringify(actual)} in the place of ${JSON.stringify(wanted)}`];
}

/** Replaces `<name>` texts of an example's request by what the run gave. */
function fill(request: Record<string, unknown>, values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(request).map(([name, value]) => {
      const wanted = typeof value === "string" ? /^<(\w+)>$/.exec(value)?.[1] : undefined;
      return [name, wanted !== undefined && wanted in values ? values[wanted] : value];
    }),
  );
}

/** The example beside a case: its request, with values of the run put in, and its response. */
export function example(folder: string, values: Readonly<Record<string, unknown>> = {}) {
  const read = (name: string) =>
    JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Record<string, unknown>;
  return { request: fill(read("request.json"), values), response: read("response.json") };
}

const PLAIN_ID = /^[\w.-]{1,64}$/;

/** Status, headers and every member of an answer agree with the example. */
export function expectLike(answer: Answer, response: unknown, status = 200): void {
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(answer.headers.get("x-request-id")).toMatch(PLAIN_ID);
  expect(differences(answer.body, response)).toEqual([]);
}

/** This wire's error object, whole: three members of the code's kind and a sentence. */
export function expectError(
  answer: Answer,
  status: number,
  type: string,
  resultCode: number,
  message: RegExp | string = /./,
): void {
  const { message: said, ...rest } = answer.body;
  expect(rest).toEqual({ type, code: status, result_code: resultCode });
  expect(answer.status).toBe(status);
  if (typeof message === "string") expect(said).toBe(message);
  else expect(said).toMatch(message);
}

/** HTTP 400 for what a caller sent, naming what is wrong. */
export const expectBadRequest = (answer: Answer, message: RegExp | string = /./): void =>
  expectError(answer, 400, "invalid_request_error", 11, message);
