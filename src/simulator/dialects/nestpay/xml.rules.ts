/** Element texts by path below the root: `OrderId`, `Extra/ORDERSTATUS`. */
export type Elements = ReadonlyMap<string, string>;

const DEEPEST = 4;
const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function codePoint(digits: string, base: 10 | 16): string | undefined {
  const code = Number.parseInt(digits, base);
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

/** The five named entities and numeric references; `undefined` for any other. */
function unescapeXml(text: string): string | undefined {
  if (!text.includes("&")) return text;
  let isWrong = false;
  const plain = text.replace(/&([^;&]*);?/g, (_, name: string) => {
    const number = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const found = number ? codePoint((number[1] ?? number[2])!, number[1] ? 16 : 10) : named[name];
    if (found === undefined) isWrong = true;
    return found ?? "";
  });
  return isWrong ? undefined : plain;
}

/** Past the declaration and comments, to the first element; `-1` where something else stands. */
function skipProlog(xml: string): number {
  let at = 0;
  for (;;) {
    while (at < xml.length && /\s|\ufeff/.test(xml[at]!)) at += 1;
    const end = xml.startsWith("<?", at) ? "?>" : xml.startsWith("<!--", at) ? "-->" : undefined;
    if (!end) return xml[at] === "<" && xml[at + 1] !== "!" ? at : -1;
    const found = xml.indexOf(end, at);
    if (found < 0) return -1;
    at = found + end.length;
  }
}

/**
 * Reads the flat documents of this dialect: elements without attributes, no DTD, no CDATA, no
 * mixed content. `undefined` for anything else and for a name that comes twice. A reader for all of
 * XML costs several times more for each request.
 */
export function readXml(xml: string, root: string): Elements | undefined {
  const found = new Map<string, string>();
  const path: string[] = [];
  let at = skipProlog(xml);
  let isLeaf = false;
  let textFrom = 0;
  while (at >= 0) {
    const end = xml.indexOf(">", at);
    if (end < 0 || xml[at] !== "<") return undefined;
    const isClosing = xml[at + 1] === "/";
    const isEmpty = xml[end - 1] === "/";
    const isMixed = isLeaf && !isClosing && xml.slice(textFrom, at).trim() !== "";
    if (isMixed) return undefined;
    const name = xml
      .slice(isClosing ? at + 2 : at + 1, isEmpty && !isClosing ? end - 1 : end)
      .trim();
    if (!/^[A-Za-z_][\w.-]*$/.test(name)) return undefined;
    if (isClosing) {
      if (path.at(-1) !== name) return undefined;
      const text = isLeaf ? unescapeXml(xml.slice(textFrom, at)) : undefined;
      const key = path.slice(1).join("/");
      path.pop();
      if (isLeaf && (text === undefined || found.has(key))) return undefined;
      if (isLeaf) found.set(key, text!.trim());
      isLeaf = false;
      if (path.length === 0) return xml.slice(end + 1).trim() === "" ? found : undefined;
    } else if (isEmpty) {
      const key = [...path.slice(1), name].join("/");
      if (path.length === 0 || found.has(key)) return undefined;
      found.set(key, "");
      isLeaf = false;
    } else {
      if ((path.length === 0 && name !== root) || path.length >= DEEPEST) return undefined;
      path.push(name);
      isLeaf = true;
      textFrom = end + 1;
    }
    const next = xml.indexOf("<", end);
    if (!isLeaf && next >= 0 && xml.slice(end + 1, next).trim() !== "") return undefined;
    at = next;
  }
  return undefined;
}

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

export const escapeXml = (text: string): string =>
  /[&<>]/.test(text) ? text.replace(/[&<>]/g, (sign) => escapes[sign]!) : text;
