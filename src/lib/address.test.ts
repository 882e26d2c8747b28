import fc from "fast-check";
import { expect, test } from "vitest";
import { ADDRESS_LENGTH_MAX, bareHost, checkAddress, isInsideHost, isInsideIp } from "./address.ts";
import { Refusal, type RefusalDetails } from "./refusal.ts";

const outside = { mayCallInside: false };
const anywhere = { mayCallInside: true };

/** What is wrong with an address, or `fine`. */
function problemOf(text: string, caller = outside): string {
  try {
    checkAddress("return_url", text, caller);
    return "fine";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { field, problem } = error.details as RefusalDetails["invalid_input"];
    expect(field).toBe("return_url");
    return problem;
  }
}

test.each([
  ["https://shop.example", "https://shop.example/"],
  [" https://shop.example/ok?a=1#b ", "https://shop.example/ok?a=1#b"],
  ["http://shop.example:8080/ok", "http://shop.example:8080/ok"],
  ["HTTPS://ŞEKER.example/ödeme", "https://xn--eker-45a.example/%C3%B6deme"],
  ["http://8.8.8.8/", "http://8.8.8.8/"],
  ["http://[2606:4700::1111]/", "http://[2606:4700::1111]/"],
  ["https:\\\\shop.example\\ok", "https://shop.example/ok"],
])("%s is an address, spelled %s", (text, href) => {
  expect(checkAddress("return_url", text, outside)).toBe(href);
});

test.each([
  "",
  "shop.example",
  "//shop.example/ok",
  "ftp://shop.example",
  "javascript:alert(1)",
  "data:text/html,x",
  "file:///etc/passwd",
  "http://",
  "https://user@shop.example",
  "https://user:secret@shop.example",
  "https://:secret@shop.example",
  "https://sh\nop.example",
  "java\tscript:alert(1)",
  "https://shop.example/a b\r\nset-cookie: x",
  "https://shop\u202Eexample.com",
  "https://shop.example:99999",
])("%s is no address", (text) => expect(problemOf(text, anywhere)).toBe("not_an_address"));

test("an address has a longest length, which the refusal names", () => {
  const fits = `https://shop.example/${"a".repeat(ADDRESS_LENGTH_MAX - 21)}`;
  expect(problemOf(fits)).toBe("fine");
  expect(problemOf(`${fits}a`)).toBe("too_long");
});

test.each([
  "https://shop.example/ok?card=4355084355084358",
  "https://shop.example/4355-0843-5508-4358/ok",
  "https://shop.example/ok?card=4355+0843%205508+4358",
  "https://shop.example/ok?card=%34355084355084358&x=%C3%B6",
  "https://shop.example/#5571135571135575",
])("%s tells a card's number", (text) => expect(problemOf(text, anywhere)).toBe("card_number"));

test.each([
  "https://shop.example/ok?time=1772614800123&order=4355084355084359",
  "https://shop.example/ok?id=018e2d9e-7b4c-4a5f-9c3d-123456789012",
  "https://shop.example/100%/ok",
])("%s tells none", (text) => expect(problemOf(text)).toBe("fine"));

const insideHosts = [
  "localhost",
  "LOCALHOST",
  "localhost.",
  "shop.localhost",
  "127.0.0.1",
  "127.1",
  "127.0.0.1.",
  "0.0.0.0",
  "0",
  "2130706433",
  "0x7f000001",
  "0x7f.1",
  "017700000001",
  "１２７.０.０.１",
  "10.1.2.3",
  "100.64.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "224.0.0.1",
  "255.255.255.255",
  "[::]",
  "[::1]",
  "[::127.0.0.1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:a00:1]",
  "[64:ff9b::7f00:1]",
  "[2002:7f00:1::]",
  "[fc00::1]",
  "[fe80::1]",
  "[fec0::1]",
  "[ff02::1]",
];
test.each(insideHosts)("%s is inside, for those alone who may call there", (host) => {
  expect(problemOf(`http://${host}/ok`)).toBe("address_inside");
  expect(problemOf(`https://${host}:8443/ok`)).toBe("address_inside");
  expect(problemOf(`http://${host}/ok`, anywhere)).toBe("fine");
});

test.each(["notlocalhost", "localhost.example", "172.32.0.1", "100.128.0.1", "[::ffff:8.8.8.8]"])(
  "%s is not inside",
  (host) => expect(problemOf(`http://${host}/`)).toBe("fine"),
);

const byte = fc.nat(255);
/** One IPv4 address as URLs may spell it. */
const spellings = (a: number, b: number, c: number, d: number) => {
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  const hex = (part: number) => part.toString(16).padStart(2, "0");
  return [
    `${a}.${b}.${c}.${d}`,
    `${a}.${b}.${c * 256 + d}`,
    `${a}.${(b * 256 + c) * 256 + d}`,
    String(whole),
    `0x${whole.toString(16)}`,
    `0${whole.toString(8)}`,
    `0x${hex(a)}.0${b.toString(8)}.${c}.0x${hex(d)}`,
    `[::ffff:${a}.${b}.${c}.${d}]`,
    `[::ffff:${hex(a)}${hex(b)}:${hex(c)}${hex(d)}]`,
  ];
};

test("however an IPv4 address is spelled, it is inside or it is not", () => {
  fc.assert(
    fc.property(byte, byte, byte, byte, (a, b, c, d) => {
      const isInside = isInsideIp(`${a}.${b}.${c}.${d}`);
      for (const host of spellings(a, b, c, d)) {
        expect(problemOf(`http://${host}/`)).toBe(isInside ? "address_inside" : "fine");
      }
    }),
    {
      examples: [
        [127, 0, 0, 1],
        [192, 168, 0, 1],
        [8, 8, 8, 8],
        [0, 0, 0, 0],
      ],
    },
  );
});

test("an address once checked is its own spelling, and never leads inside", () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl(), fc.string(), fc.constantFrom(...insideHosts)), (text) => {
      if (problemOf(text) !== "fine") return;
      const href = checkAddress("return_url", text, outside);
      expect(checkAddress("return_url", href, outside)).toBe(href);
      expect(isInsideHost(new URL(href).hostname)).toBe(false);
      expect(href).toMatch(/^https?:\/\/[^/@]+\//);
    }),
  );
});

test("a host is told without what only a URL needs", () => {
  expect(["[::1]", "shop.example.", "8.8.8.8"].map(bareHost)).toEqual([
    "::1",
    "shop.example",
    "8.8.8.8",
  ]);
});
