import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** A file of the tree, named from the root with `/`. */
export type SourceFile = Readonly<{ file: string; text: string }>;

const root = path.resolve(import.meta.dirname, "../../..");
const binary = /\.(?:png|ico|woff2?|sqlite)$/;

const ignored = (): Set<string> => {
  const lines = readFileSync(path.join(root, ".gitignore"), "utf8").split("\n");
  return new Set([".git", ...lines.map((line) => line.replaceAll("/", "").trim())]);
};

function* under(folder: string, without: ReadonlySet<string>): Generator<string> {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const file = folder ? `${folder}/${entry.name}` : entry.name;
    if (without.has(entry.name) || entry.name.endsWith(".log")) continue;
    if (entry.isDirectory()) yield* under(file, without);
    else if (!binary.test(file)) yield file;
  }
}

/** Every file that is or will be committed, without what `.gitignore` names. */
export const wholeTree = (): SourceFile[] =>
  [...under("", ignored())].map((file) => ({
    file,
    text: readFileSync(path.join(root, file), "utf8"),
  }));

export const exists = (file: string): boolean => existsSync(path.join(root, file));

/** Made by programs: the programs are looked at instead. */
export const isGenerated = (file: string): boolean =>
  /\.gen\.ts$|^src\/db\/schema\.sql$|^package-lock\.json$|^docs\/openapi\/|\/fixtures\//.test(file);

export const isCode = (file: string): boolean => /\.(?:ts|tsx|js|mjs|sql)$/.test(file);

/** Lines that are code, with their numbers: a line that is all comment is left out. */
export const codeLines = (text: string): { line: string; number: number }[] =>
  text
    .split("\n")
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => !/^\s*(?:\/\/|\/\*|\*|--)/.test(line));
