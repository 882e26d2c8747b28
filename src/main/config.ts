import { z } from "zod";

/** What the environment may say. Everything has a default on a laptop; production wants its own. */
const Environment = z.object({
  VEZNE_MODE: z.enum(["development", "production"]).default("development"),
  VEZNE_HOST: z.string().default("127.0.0.1"),
  VEZNE_PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  VEZNE_BANK_PORT: z.coerce.number().int().min(0).max(65_535).default(8090),
  /** Where browsers reach the API, when that is not where it listens. */
  VEZNE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  VEZNE_DATA_DIR: z.string().optional(),
  /** The owner's address; without it the PostgreSQL that comes with Vezne is started. */
  DATABASE_URL: z.string().optional(),
  /** The application's own address, where the owner may not make roles. */
  VEZNE_APP_DATABASE_URL: z.string().optional(),
  /** 32 bytes as base64. On a laptop one is made and kept in the data folder. */
  VEZNE_VAULT_KEY: z.string().optional(),
  VEZNE_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error"]).default("info"),
  /** Whether a proxy in front says where a request comes from. */
  VEZNE_TRUST_PROXY: z.enum(["0", "1"]).default("0"),
});

export type Config = Readonly<{
  isProduction: boolean;
  host: string;
  port: number;
  bankPort: number;
  /** Without a slash at its end. */
  publicUrl?: string | undefined;
  databaseUrl?: string | undefined;
  appDatabaseUrl?: string | undefined;
  vaultKey?: string | undefined;
  logLevel: string;
  trustProxy: boolean;
}>;

/** A setting that cannot be used, in a sentence for the person who set it. */
export class ConfigProblem extends Error {}

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const read = Environment.safeParse(env);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new ConfigProblem(`${String(issue?.path[0])} cannot be used: ${issue?.message}.`);
  }
  const set = read.data;
  if (set.VEZNE_VAULT_KEY && Buffer.from(set.VEZNE_VAULT_KEY, "base64").length !== 32) {
    throw new ConfigProblem("VEZNE_VAULT_KEY must be 32 bytes written as base64.");
  }
  return {
    isProduction: set.VEZNE_MODE === "production",
    host: set.VEZNE_HOST,
    port: set.VEZNE_PORT,
    bankPort: set.VEZNE_BANK_PORT,
    publicUrl: set.VEZNE_PUBLIC_URL?.replace(/\/+$/, ""),
    databaseUrl: set.DATABASE_URL,
    appDatabaseUrl: set.VEZNE_APP_DATABASE_URL,
    vaultKey: set.VEZNE_VAULT_KEY,
    logLevel: set.VEZNE_LOG_LEVEL,
    trustProxy: set.VEZNE_TRUST_PROXY === "1",
  };
}
