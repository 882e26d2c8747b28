import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { paynetDocument } from "../facades/paynet/index.ts";
import { paywallDocument } from "../facades/paywall/index.ts";

/** The committed documents of the wires, by their place in the repository. */
export const documents: Readonly<Record<string, () => object>> = {
  "docs/openapi/paynet.json": paynetDocument,
  "docs/openapi/paywall.json": paywallDocument,
};

const root = new URL("../../", import.meta.url);

/** A document as it stands in its file. */
export const textOf = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;

/** The files whose text is not what the schemas say now. */
export function outdated(): string[] {
  return Object.entries(documents).flatMap(([file, make]) =>
    readFileSync(new URL(file, root), "utf8") === textOf(make()) ? [] : [file],
  );
}

function write(): void {
  for (const [file, make] of Object.entries(documents)) {
    writeFileSync(new URL(file, root), textOf(make()));
  }
}

/** Writes the documents; with `--check` it says which are outdated, and fails if any are. */
if (import.meta.main) {
  const { values } = parseArgs({ options: { check: { type: "boolean" } } });
  if (!values.check) write();
  else {
    const files = outdated();
    for (const file of files) process.stderr.write(`${file} is outdated: run without --check\n`);
    process.exitCode = files.length > 0 ? 1 : 0;
  }
}
