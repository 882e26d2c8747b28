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
    trustProxy: false,
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
    VEZNE_TRUST_PROXY: "1",
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
    trustProxy: true,
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
