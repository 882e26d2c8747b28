import { expect, test } from "vitest";
import { ConfigProblem, readConfig } from "./config.ts";

const KEY = Buffer.alloc(32, 1).toString("base64");

test("an empty environment is a laptop's", () => {
  expect(readConfig({})).toEqual({
    isProduction: false,
    host: "127.0.0.1",
    port: 8080,
    bankPort: 8090,
    databaseUrl: undefined,
    appDatabaseUrl: undefined,
    vaultKey: undefined,
    logLevel: "info",
    proxies: 0,
    mail: undefined,
    sms: undefined,
  });
});

test("what is set is taken", () => {
  const set = {
    VEZNE_MODE: "production",
    VEZNE_HOST: "0.0.0.0",
    VEZNE_PORT: "0",
    VEZNE_BANK_PORT: "65535",
    DATABASE_URL: "postgres://owner@db/vezne",
    VEZNE_APP_DATABASE_URL: "postgres://app@db/vezne",
    VEZNE_VAULT_KEY: KEY,
    VEZNE_LOG_LEVEL: "debug",
    VEZNE_TRUST_PROXY: "2",
  };
  expect(readConfig(set)).toEqual({
    isProduction: true,
    host: "0.0.0.0",
    port: 0,
    bankPort: 65_535,
    databaseUrl: "postgres://owner@db/vezne",
    appDatabaseUrl: "postgres://app@db/vezne",
    vaultKey: KEY,
    logLevel: "debug",
    proxies: 2,
  });
});

test.each([
  ["VEZNE_MODE", "prod"],
  ["VEZNE_PORT", "eighty"],
  ["VEZNE_PORT", "-1"],
  ["VEZNE_PORT", "65536"],
  ["VEZNE_PORT", "80.5"],
  ["VEZNE_BANK_PORT", "x"],
  ["VEZNE_LOG_LEVEL", "loud"],
  ["VEZNE_TRUST_PROXY", "yes"],
  ["VEZNE_TRUST_PROXY", "-1"],
  ["VEZNE_VAULT_KEY", "short"],
  ["VEZNE_VAULT_KEY", Buffer.alloc(31).toString("base64")],
])("%s=%s is a problem that names the setting", (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigProblem);
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

test("a key that is no key is not told in the problem", () => {
  const typo = "c2VjcmV0LXR5cG8tb2YtYS1rZXk";
  try {
    readConfig({ VEZNE_VAULT_KEY: typo });
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain(typo);
  }
});

const from = { VEZNE_MAIL_FROM: "Örnek <pay@shop.example>" };
const mail = (url: string, more: object = {}) =>
  readConfig({ ...from, VEZNE_SMTP_URL: url, ...more }).mail;

test("a mail server is asked for TLS, from the first byte or by STARTTLS", () => {
  expect(mail("smtps://shop:p%40ss%2Fw@mail.example")).toEqual({
    host: "mail.example",
    port: 465,
    tls: "first",
    login: { user: "shop", password: "p@ss/w" },
    from: { name: "Örnek", address: "pay@shop.example" },
  });
  expect(mail("smtp://mail.example:2525/")).toMatchObject({ port: 2525, tls: "starttls" });
  expect(mail("smtp://mail.example")).toMatchObject({ port: 587, tls: "starttls" });
  expect(mail("smtp://mail.example")).not.toHaveProperty("login");
});

test("without TLS a mail server is on this machine, or it was said so", () => {
  for (const host of ["localhost", "127.0.0.1:1025", "[::1]:1025"]) {
    expect(mail(`smtp://${host}`)?.tls).toBe("none");
  }
  expect(mail("smtp://[::1]")?.host).toBe("::1");
  expect(mail("smtp://relay:25?tls=none")?.tls).toBe("none");
  expect(mail("smtp://127.0.0.1.example")?.tls).toBe("starttls");
});

test("a sender is an address, with a name or without", () => {
  const bare = { VEZNE_MAIL_FROM: "pay@shop.example" };
  expect(mail("smtp://localhost", bare)?.from).toEqual({ name: "", address: "pay@shop.example" });
});

test.each([
  ["VEZNE_MAIL_FROM", { VEZNE_SMTP_URL: "smtp://localhost" }],
  ["VEZNE_SMTP_URL", from],
  ["VEZNE_SMTP_URL", { ...from, VEZNE_SMTP_URL: "mail.example" }],
  ["VEZNE_SMTP_URL", { ...from, VEZNE_SMTP_URL: "https://mail.example" }],
  ["VEZNE_SMTP_URL", { ...from, VEZNE_SMTP_URL: "smtp://mail.example/inbox" }],
  ["?tls=none", { ...from, VEZNE_SMTP_URL: "smtp://mail.example?tls.rejectUnauthorized=false" }],
  ["?tls=none", { ...from, VEZNE_SMTP_URL: "smtps://mail.example?ignoreTLS=true" }],
  ["%25", { ...from, VEZNE_SMTP_URL: "smtp://shop:100%secret@mail.example" }],
  ["VEZNE_MAIL_FROM", { VEZNE_SMTP_URL: "smtp://localhost", VEZNE_MAIL_FROM: "shop" }],
  [
    "VEZNE_MAIL_FROM",
    { VEZNE_SMTP_URL: "smtp://localhost", VEZNE_MAIL_FROM: "a@b.example\r\nBcc: c@d.example" },
  ],
])("%s is named when mail cannot be sent so", (name, env) => {
  expect(() => readConfig(env)).toThrow(ConfigProblem);
  expect(() => readConfig(env)).toThrow(name);
});

const sms = {
  VEZNE_SMS_URL: "https://sms.example/send",
  VEZNE_SMS_BODY: '{"to":"{phone}","text":"{text}"}',
};

test("an SMS gateway is asked by POST with JSON unless it wants it otherwise", () => {
  expect(readConfig({ ...sms, VEZNE_SMS_HEADERS: "", VEZNE_SMS_CONTENT_TYPE: "" }).sms).toEqual({
    url: "https://sms.example/send",
    method: "POST",
    headers: {},
    contentType: "application/json; charset=utf-8",
    body: sms.VEZNE_SMS_BODY,
  });
  const other = {
    VEZNE_SMS_METHOD: "PUT",
    VEZNE_SMS_HEADERS: '{"Authorization":"Bearer x"}',
    VEZNE_SMS_CONTENT_TYPE: "application/x-www-form-urlencoded",
    VEZNE_SMS_BODY: "to={phone}&text={text}",
  };
  expect(readConfig({ ...sms, ...other }).sms).toEqual({
    url: "https://sms.example/send",
    method: "PUT",
    headers: { authorization: "Bearer x" },
    contentType: "application/x-www-form-urlencoded",
    body: "to={phone}&text={text}",
  });
});

test.each([
  ["VEZNE_SMS_BODY", { VEZNE_SMS_BODY: undefined }],
  ["VEZNE_SMS_URL", { VEZNE_SMS_URL: undefined }],
  ["VEZNE_SMS_URL", { VEZNE_SMS_URL: "sms.example" }],
  ["VEZNE_SMS_HEADERS", { VEZNE_SMS_URL: "https://user:secret@sms.example" }],
  ["https://", { VEZNE_SMS_URL: "http://sms.example" }],
  ["VEZNE_SMS_METHOD", { VEZNE_SMS_METHOD: "GET" }],
  ["VEZNE_SMS_HEADERS", { VEZNE_SMS_HEADERS: "authorization: secret" }],
  ["VEZNE_SMS_HEADERS", { VEZNE_SMS_HEADERS: '{"a":1}' }],
  ["VEZNE_SMS_HEADERS", { VEZNE_SMS_HEADERS: '{"a":"secret\\r\\nb: c"}' }],
  ["VEZNE_SMS_HEADERS", { VEZNE_SMS_HEADERS: '{"Host":"secret"}' }],
  ["VEZNE_SMS_BODY has no place for {phone}", { VEZNE_SMS_BODY: '{"text":"{text}"}' }],
  ["is no JSON once", { VEZNE_SMS_BODY: "{phone} {text}" }],
  ["not known", { VEZNE_SMS_CONTENT_TYPE: "image/png" }],
])("%s is named when text messages cannot be sent so, and no secret is", (name, wrong) => {
  const env = { VEZNE_MODE: "production", ...sms, ...wrong };
  expect(() => readConfig(env)).toThrow(ConfigProblem);
  expect(() => readConfig(env)).toThrow(name);
  expect(() => readConfig(env)).not.toThrow("secret");
});

test("a gateway on one's own network may do without TLS", () => {
  for (const host of ["sms", "10.0.0.9", "localhost:8000"]) {
    const url = `http://${host}/send`;
    const env = { VEZNE_MODE: "production", ...sms, VEZNE_SMS_URL: url };
    expect(readConfig(env).sms?.url).toBe(url);
  }
});
