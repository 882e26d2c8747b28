import fc from "fast-check";
import { expect, test } from "vitest";
import { filledBody, type SmsSettings, templateProblem } from "./sms.rules.ts";

const settings = (contentType: string, body: string): SmsSettings => ({
  url: "https://sms.example/send",
  method: "POST",
  headers: {},
  contentType,
  body,
});
const values = fc.record({ phone: fc.stringMatching(/^5[0-9]{9}$/), text: fc.string() });

test("a JSON gateway reads exactly what was said", () => {
  const json = settings("application/json", '{"to":"90{phone}","messages":[{"body":"{text}"}]}');
  fc.assert(
    fc.property(values, ({ phone, text }) => {
      const read = JSON.parse(filledBody(json, { phone, text }));
      expect(read).toEqual({ to: `90${phone}`, messages: [{ body: text }] });
    }),
  );
});

test("so does one that takes forms", () => {
  const form = settings("application/x-www-form-urlencoded", "gsm=0{phone}&msg={text}&user=shop");
  const text = fc.string().map((each) => each.toWellFormed());
  fc.assert(
    fc.property(values, text, ({ phone }, said) => {
      const read = new URLSearchParams(filledBody(form, { phone, text: said }));
      expect(Object.fromEntries(read)).toEqual({ gsm: `0${phone}`, msg: said, user: "shop" });
    }),
  );
});

test("in XML a text makes no tags, and plain text is as it is", () => {
  const filling = { phone: "5321112233", text: "a<b> & 'c'" };
  expect(filledBody(settings("text/xml", "<sms><no>{phone}</no>{text}</sms>"), filling)).toBe(
    "<sms><no>5321112233</no>a&lt;b&gt; &amp; &#39;c&#39;</sms>",
  );
  expect(filledBody(settings("text/plain", "{phone} {text}"), filling)).toBe(
    "5321112233 a<b> & 'c'",
  );
});

test("a text that names a place stays as it is", () => {
  const json = settings("application/json", '["{text}","{phone}","{text}"]');
  const read = JSON.parse(filledBody(json, { phone: "5321112233", text: "{phone}{text}$&" }));
  expect(read).toEqual(["{phone}{text}$&", "5321112233", "{phone}{text}$&"]);
});

test.each([
  ["application/json", '{"to":"{phone}","text":"{text}"}'],
  ["Application/JSON; charset=utf-8", '["{phone}{text}"]'],
  ["application/x-www-form-urlencoded", "to={phone}&text={text}"],
  ["text/plain", "{phone}: {text}"],
  ["application/xml", "<to>{phone}</to><t>{text}</t>"],
])("for %s the body %s can be used", (type, body) => {
  expect(templateProblem(body, type)).toBeUndefined();
});

test.each([
  ["application/json", '{"text":"{text}"}', "has no place for {phone}"],
  ["application/json", '{"to":"{phone}"}', "has no place for {text}"],
  ["application/json", '{"to":"{phone}","text":{text}}', "is no JSON once it is filled"],
  ["application/json", "to={phone}&text={text}", "is no JSON once it is filled"],
  ["image/png", "{phone}{text}", "is of a type that is not known"],
  ["", "{phone}{text}", "is of a type that is not known"],
  ["constructor", "{phone}{text}", "is of a type that is not known"],
])("for %s the body %s cannot: it %s", (type, body, problem) => {
  expect(templateProblem(body, type)).toContain(problem);
});
