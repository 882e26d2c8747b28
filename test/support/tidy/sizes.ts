import { isCode, isGenerated, type SourceFile } from "./files.ts";

const COLUMNS_MAX = 100;
const FUNCTION_MAX = 50;
const FILE_MAX = 300;

const measured = ({ file }: SourceFile) => isCode(file) && !isGenerated(file);
/** A sentence of a message catalogue is one line, however long. */
const isMessage = (file: string, line: string) =>
  /^src\/lib\/messages\/|^src\/.*[/-]?texts\.ts$/.test(file) && /["'`]/.test(line);

export const longLines = (files: readonly SourceFile[]): string[] =>
  files.filter(measured).flatMap(({ file, text }) =>
    text.split("\n").flatMap((line, i) => {
      const isLong = [...line].length > COLUMNS_MAX && !isMessage(file, line);
      return isLong ? [`${file}:${i + 1} has ${[...line].length} columns`] : [];
    }),
  );

export const longFiles = (files: readonly SourceFile[]): string[] =>
  files.filter(measured).flatMap(({ file, text }) => {
    const lines = text.trimEnd().split("\n").length;
    return lines > FILE_MAX ? [`${file} has ${lines} lines`] : [];
  });

/** The formatter ends the line that opens a body with one of these. */
const opens = /(?:=> \(?|\)(?:: [^=]+)? )\{$/;
/** A suite of tests is no function. */
const isSuite = /^\s*describe(?:\.\w+)*\(/;

/** Functions by the formatter's indentation: a body ends where its first line's indent is back. */
export function longFunctions(files: readonly SourceFile[]): string[] {
  return files
    .filter((each) => measured(each) && !each.file.endsWith(".sql"))
    .flatMap(({ file, text }) => {
      const lines = text.split("\n");
      return lines.flatMap((line, start) => {
        if (!opens.test(line) || isSuite.test(line)) return [];
        const indent = /^\s*/.exec(line)![0];
        const rest = lines.slice(start + 1);
        const length = rest.findIndex((each) => each.startsWith(`${indent}}`)) + 2;
        return length > FUNCTION_MAX ? [`${file}:${start + 1} has ${length} lines`] : [];
      });
    });
}

const vague = /(?:^|[-.])(?:utils?|helpers?|commons?|misc|services?|managers?|handlers?)(?=[-.])/;
const plainName = /^[a-z0-9]+(?:[-.][a-z0-9]+)*\.[a-z]+$/;

/** A file is named after what it does: small letters and dashes, and no word for "anything". */
export const badNames = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ file }) => /^(?:src|browser|test|bench)\/.*\.ts$/.test(file))
    .flatMap(({ file }) => {
      const name = file.split("/").at(-1)!;
      return plainName.test(name) && !vague.test(name) ? [] : [`${file} says nothing`];
    });
