import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openCarriers } from "../../../src/messaging/index.ts";
import type { Message } from "../../../src/messaging/message.rules.ts";
import { selfSigned } from "../../acquirers/self-signed.ts";
import { type OfficeOptions, PostOffice } from "./post-office.ts";
import { openGateway } from "./sms-gateway.ts";
import { FROM, letter, sms, smsSettings } from "./stage.ts";

/** For servers that never come to an end; the others are given all the time of production. */
const HURRIED = { answerMs: 300, wholeMs: 600 };
/** Less than production's patience, and time enough for a busy machine to lose it. */
const LEFT_MS = 9_000;
const message: Message = {
  ...letter,
  ...{ id: `msg_${"0".repeat(20)}`, status: "waiting", tries: 1, problem: null },
  ...{ createdAt: new Date(0), endedAt: null },
};

const certificate = selfSigned("localhost");
const usual = getCACertificates("default");
/** As if an authority that everybody trusts had vouched for the test's certificate. */
const trust = () => setDefaultCACertificates([...usual, certificate.cert]);
afterEach(() => setDefaultCACertificates(usual));

type Tls = "first" | "starttls" | "none";
type Login = { user: string; password: string };

/** Hands one letter to an office of these habits and says what both sides made of it. */
async function deliver(
  options: OfficeOptions,
  tls: Tls,
  login?: Login,
  hurry?: Readonly<{ patience: typeof HURRIED; prepare: (office: PostOffice) => void }>,
) {
  const office = await PostOffice.open(options);
  hurry?.prepare(office);
  try {
    const mail = { host: "localhost", port: office.port, tls, login, from: FROM };
    const began = performance.now();
    const problem = await openCarriers({ mail }, hurry?.patience).email?.(message);
    return { problem, tookMs: performance.now() - began, ...office };
  } finally {
    await office.close();
  }
}

test.each([
  ["first", true],
  ["starttls", false],
] as const)("a letter goes by TLS (%s) to a server that can be trusted", async (tls, isFirst) => {
  trust();
  const { problem, letters, heard } = await deliver({ tls: { ...certificate, isFirst } }, tls);
  expect(problem).toBeUndefined();
  expect(letters).toHaveLength(1);
  expect(heard.includes("STARTTLS")).toBe(!isFirst);
});

test.each([
  ["first", true],
  ["starttls", false],
] as const)(
  "with a certificate that nobody vouches for (%s), nothing goes",
  async (tls, isFirst) => {
    const login = { user: "shop", password: "secret-of-the-shop" };
    const options = { tls: { ...certificate, isFirst }, login: "shop:secret-of-the-shop" };
    const { problem, letters, heard } = await deliver(options, tls, login);
    expect(problem).toMatchObject({ isFinal: false, what: expect.stringContaining("certificate") });
    expect(letters).toEqual([]);
    expect(heard.filter((line) => /^(?:AUTH|MAIL)/.test(line))).toEqual([]);
  },
);

test("nor with one of another name", async () => {
  const other = selfSigned("mail.example");
  setDefaultCACertificates([...usual, other.cert]);
  const { problem, letters } = await deliver({ tls: { ...other, isFirst: true } }, "first");
  expect(problem?.what).toContain("certificate");
  expect(letters).toEqual([]);
});

test("where TLS is wanted and not offered, neither password nor letter goes", async () => {
  const login = { user: "shop", password: "secret-of-the-shop" };
  const { problem, heard } = await deliver({ login: "shop:x" }, "starttls", login);
  expect(problem).toMatchObject({ isFinal: false, what: expect.stringContaining("TLS") });
  expect(heard.filter((line) => /^(?:AUTH|MAIL)/.test(line))).toEqual([]);
});

test("without TLS none is asked for, though it be offered", async () => {
  const { problem, heard } = await deliver({ tls: { ...certificate, isFirst: false } }, "none");
  expect(problem).toBeUndefined();
  expect(heard).not.toContain("STARTTLS");
});

test("a server that wants to know us is told user and password", async () => {
  const login = { user: "shop@pay.example", password: "p:@ss wörd" };
  const right = await deliver({ login: "shop@pay.example:p:@ss wörd" }, "none", login);
  expect(right.problem).toBeUndefined();
  expect(right.letters).toHaveLength(1);
  const wrong = await deliver({ login: "shop@pay.example:other" }, "none", login);
  expect(wrong.letters).toEqual([]);
  expect(wrong.problem).toEqual({
    what: "The mail server does not take the user and password of VEZNE_SMTP_URL (535).",
    isFinal: false,
  });
});

test.each(["GREETING", "EHLO", "RCPT", "BODY"] as const)(
  "a server that falls silent at %s is left",
  async (moment) => {
    const prepare = (office: PostOffice) => office.order(moment, "silence");
    const hurry = { patience: HURRIED, prepare };
    const { problem, tookMs } = await deliver({}, "none", undefined, hurry);
    expect(problem).toMatchObject({ isFinal: false });
    expect(tookMs).toBeLessThan(LEFT_MS);
  },
);

test("so is one that talks on and on and never comes to the point", async () => {
  const prepare = (office: PostOffice) => office.order("EHLO", "drip");
  // No drop may be so late that it is taken for silence.
  const patience = { answerMs: 2_000, wholeMs: 3_000 };
  const { problem, tookMs, letters } = await deliver({}, "none", undefined, { patience, prepare });
  expect(problem?.what).toContain("took too long");
  expect(tookMs).toBeGreaterThan(patience.answerMs);
  expect(tookMs).toBeLessThan(LEFT_MS);
  expect(letters).toEqual([]);
});

test("a server that is not there is named with its place", async () => {
  const office = await PostOffice.open();
  await office.close();
  const mail = { host: "localhost", port: office.port, tls: "none", from: FROM } as const;
  const problem = await openCarriers({ mail }).email?.(message);
  expect(problem?.what).toContain(`The mail server at localhost:${office.port} does not answer`);
});

let gateway: Awaited<ReturnType<typeof openGateway>>;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway.close());

test("a gateway that falls silent, or is not there, is left", async () => {
  gateway.orders.push("silence");
  const text = { ...message, ...sms, recipient: "5321112233" };
  const { host } = new URL(gateway.url);
  const carriers = openCarriers({ sms: smsSettings(gateway.url) }, HURRIED);
  const silent = await carriers.sms?.(text);
  expect(silent).toEqual({
    what: `The SMS gateway at ${host} does not answer (TimeoutError).`,
    isFinal: false,
  });
  const gone = await openGateway();
  gone.close();
  const nowhere = openCarriers({ sms: smsSettings(gone.url) });
  expect((await nowhere.sms?.(text))?.what).toContain("ECONNREFUSED");
  const barred = openCarriers({ sms: smsSettings("http://127.0.0.1:25/send") });
  expect((await barred.sms?.(text))?.what).toContain("bad port");
});
