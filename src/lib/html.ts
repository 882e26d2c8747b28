/** Text that is HTML already. Made here alone, so that a stray text is always escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text as it stands between tags and inside quoted attributes. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character]!);

type Part = Html | string | number | undefined | false | readonly Html[];

function partText(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map((each) => each.text).join("");
  return escaped(String(part));
}

/**
 * A piece of a page. Whatever is put in is shown as text, unless it is a piece of a page itself;
 * nothing is what `undefined` and `false` leave. Attributes must be quoted.
 */
export function html(pieces: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = parts.reduce<string>(
    (all, part, i) => all + partText(part) + pieces[i + 1]!,
    pieces[0]!,
  );
  return new Html(text);
}

/** Code or styles of ours, as they stand in a page: nothing of a request may be in them. */
export const ownCode = (text: string): Html => new Html(text);

/** Data for a script of the page, as JSON that no content can end early. */
export const jsonScript = (id: string, data: unknown): Html =>
  new Html(
    `<script type="application/json" id="${escaped(id)}">` +
      `${JSON.stringify(data).replaceAll("<", "\\u003c")}</script>`,
  );
