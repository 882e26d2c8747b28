import { codeLines, isCode, isGenerated, type SourceFile } from "./files.ts";

/** Something that is not said in `where`, but for the files that are named with their reason. */
export type Ban = Readonly<{
  what: string;
  pattern: RegExp;
  where: RegExp;
  except?: Readonly<Record<string, string>>;
  /** A line that breaks it, and one that does not. */
  bad: string;
  good: string;
}>;

const product = /^src\/.*\.ts$/;
const measuredToo = /^(?:src|bench)\/.*\.ts$/;
const anywhere = /^(?:src|browser|test|bench|bin|dashboard|sdk)\/.*\.[tj]sx?$/;
/** The rules name what they ban. */
const ourselves = /^test\/(?:tidy\.test\.ts$|support\/tidy\/)/;

export const bans: readonly Ban[] = [
  {
    what: "a bare `new Date()`",
    pattern: /\bnew Date\(\s*\)|\bTemporal\.Now\b/,
    where: measuredToo,
    bad: "const at = new Date();",
    good: "const at = new Date(0);",
  },
  {
    what: "`Date.now()`",
    pattern: /\bDate\.now\b/,
    where: measuredToo,
    except: {
      "src/main/clock.ts": "the one place that reads the machine's time",
      "src/main/simulator.ts": "the same of the bank's process, which sees nothing of ours",
      "src/db/embedded.server.ts": "compared with the time of a file, which is the machine's",
    },
    bad: "const at = Date.now();",
    good: "const at = performance.now();",
  },
  {
    what: "the database's clock",
    pattern:
      /(?<![\w.])(?:now\(\)|(?:current|local)_?(?:date|timestamp|time)\b|\w+_timestamp\(\))/i,
    where: /^src\/(?!db\/[^/]+\.ts$).*\.(?:ts|sql)$/,
    except: { "src/db/schema.sql": "shows the migrations' own table, which is not the business's" },
    bad: "where due_at <= now()",
    good: "const at = performance.now();",
  },
  {
    what: "a TLS check turned off",
    pattern: /rejectUnauthorized:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/,
    where: anywhere,
    except: { "test/acquirers/transport.test.ts": "shows that this variable opens nothing" },
    bad: "connect({ rejectUnauthorized: false })",
    good: "connect({ rejectUnauthorized: true })",
  },
  {
    what: "chance that can be guessed",
    pattern: /\bMath\.random\b/,
    where: measuredToo,
    bad: "const id = Math.random();",
    good: "const id = randomBytes(10);",
  },
  {
    what: "`console`",
    pattern: /\bconsole\./,
    where: product,
    bad: "console.log(payment);",
    good: "log.info({ id }, 'paid');",
  },
  {
    what: "the environment outside main",
    pattern: /\bprocess\.env\b/,
    where: /^src\/(?!main\/).*\.ts$/,
    except: { "src/db/embedded.server.ts": "hands PATH, and nothing else, to PostgreSQL" },
    bad: "const key = process.env.VEZNE_VAULT_KEY;",
    good: "const key = config.vaultKey;",
  },
  {
    what: "an opened secret",
    pattern: /\.open\(\)/,
    where: /^src\/(?!vault\/|acquirers\/|payouts\/providers\/)(?!.*\.test\.ts$).*\.ts$/,
    bad: "log.info(card.pan.open());",
    good: "openDb(card.pan);",
  },
  {
    what: "money made a float",
    pattern: /\bparseFloat\(|\bNumber\((?:[^()]|\([^()]*\))*[mM]inor\b/,
    where: /^src\/(?!.*\.test\.ts$).*\.ts$/,
    except: {
      "src/facades/paynet/wire/formats.ts": "this wire's amounts are JSON numbers",
      "src/main/cli/bank.rules.ts": "the offline bank's own wire has kuruş as JSON numbers",
    },
    bad: "const lira = Number(payment.amountMinor) / 100;",
    good: "const count = Number(payment.version);",
  },
  {
    what: "a query outside a store",
    pattern: /\b(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\(|\bsql(?:<[^`]*>)?`/,
    where: /^src\/(?!db\/)(?!.*\.store\.ts$).*\.ts$/,
    bad: 'db.selectFrom("payments")',
    good: "readPayment(db, merchant, id)",
  },
  {
    what: "a check of types or lint turned off",
    pattern: /biome-ignore|@ts-(?:ignore|expect-error|nocheck)|\bas any\b|:\s*any\b|<any>/,
    where: anywhere,
    bad: "const it = body as any;",
    good: "const it = body as unknown;",
  },
  {
    what: "a test that does not run",
    pattern: /\.(?:only|skip|todo|fails)\(|\b(?:xit|xtest|fit|fdescribe)\(/,
    where: anywhere,
    bad: 'test.skip("money is kept", () => {});',
    good: 'test("money is kept", () => {});',
  },
];

/** Left in comments too. */
const unfinished = /\b(?:TODO|FIXME)\b/;

export function broken(ban: Ban, files: readonly SourceFile[]): string[] {
  return files
    .filter(({ file }) => ban.where.test(file) && !ourselves.test(file) && !ban.except?.[file])
    .flatMap(({ file, text }) =>
      codeLines(text)
        .filter(({ line }) => ban.pattern.test(line))
        .map(({ line, number }) => `${file}:${number} has ${ban.what}: ${line.trim()}`),
    );
}

/** Exceptions that nothing needs any more. */
export const idleExceptions = (files: readonly SourceFile[]): string[] =>
  bans.flatMap((ban) =>
    Object.keys(ban.except ?? {}).filter((name) => {
      const found = files.find(({ file }) => file === name);
      return !found || broken({ ...ban, except: {} }, [found]).length === 0;
    }),
  );

/** Comments that switch a check off stand on lines of their own, so all lines are read here. */
const switches = /biome-ignore|@ts-(?:ignore|expect-error|nocheck)/;
export const commentsOfDelay = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ file }) => isCode(file) && !isGenerated(file) && !ourselves.test(file))
    .flatMap(({ file, text }) =>
      text
        .split("\n")
        .flatMap((line, i) =>
          unfinished.test(line) || switches.test(line) ? [`${file}:${i + 1} ${line.trim()}`] : [],
        ),
    );
