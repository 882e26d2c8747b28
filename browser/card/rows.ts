import { firstRows, isMany, restOf } from "./few.ts";
import { type CardTexts, fillIn } from "./texts.ts";

export type Row = Readonly<{ row: HTMLElement; radio: HTMLInputElement }>;

/** Puts rows into `list`: a few of them and a button for the rest, if they are many. */
export function rowsIn(list: HTMLElement | null, texts: CardTexts) {
  let rows: readonly Row[] = [];
  let isOpen = false;
  const more = document.createElement("button");
  more.type = "button";
  more.className = "more";

  const draw = () => {
    const chosen = rows.findIndex(({ radio }) => radio.checked);
    const first = firstRows(rows.length, chosen);
    rows.forEach(({ row }, at) => {
      row.hidden = !isOpen && !first.includes(at);
    });
    more.setAttribute("aria-expanded", String(isOpen));
  };
  more.addEventListener("click", () => {
    const came = rows.find(({ row }) => row.hidden);
    isOpen = !isOpen;
    draw();
    // The button is now under the rest, and who uses no mouse goes on where the rest begins.
    if (isOpen) came?.radio.focus();
    else more.scrollIntoView({ block: "nearest" });
  });
  return {
    show(next: readonly Row[]): void {
      rows = next;
      more.textContent = fillIn(texts.more, { count: restOf(rows.length) });
      draw();
      const shown = rows.map(({ row }) => row);
      list?.replaceChildren(...shown, ...(isMany(rows.length) ? [more] : []));
    },
  };
}
