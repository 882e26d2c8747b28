import { expect, test } from "vitest";
import { readMessage } from "./message.ts";

test("a form post brings every other member, decoded", () => {
  const text = "command=form-post&session_id=js_A%2Bb&token_id=9C1F&note=%C5%9F%26";
  expect(readMessage(text)).toEqual({
    command: "form-post",
    members: [
      ["session_id", "js_A+b"],
      ["token_id", "9C1F"],
      ["note", "ş&"],
    ],
  });
});
test.each(["close-iframe", "iframe-transparent", "iframe-no-transparent"])("%s is read", (it) => {
  expect(readMessage(`command=${it}`)).toEqual({ command: it });
});
test.each([
  "",
  "hello",
  "command=",
  "command=eval&code=1",
  "session_id=1",
  { command: "form-post" },
  ["command=close-iframe"],
  undefined,
  `command=form-post&${"a=1&".repeat(60)}`,
])("%j is somebody else's", (data) => expect(readMessage(data)).toBeUndefined());
