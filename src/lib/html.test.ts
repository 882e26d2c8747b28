import fc from "fast-check";
import { expect, test } from "vitest";
import { escaped, html, jsonScript } from "./html.ts";

test("whatever a text holds, it opens no tag and ends no attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const page = html`<p title="${text}">${text}</p>`.text;
      const inside = page.slice('<p title="'.length, -"</p>".length);
      expect(inside.replace(`">${escaped(text)}`, "")).not.toMatch(/[<>"']/);
    }),
  );
});

test("pieces of a page stay pieces, lists are joined, nothing leaves nothing", () => {
  const item = (text: string) => html`<li>${text}</li>`;
  const list = html`<ul>${["a", "<b>"].map(item)}</ul>${undefined}${false}${0}`;
  expect(list.text).toBe("<ul><li>a</li><li>&lt;b&gt;</li></ul>0");
});

test("data for a script is read back as it was and cannot end its element", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      const { text } = jsonScript("it", data);
      const inside = text.slice(text.indexOf(">") + 1, text.lastIndexOf("<"));
      expect(inside).not.toContain("<");
      expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify(data)));
    }),
  );
});
