import { BlockList, isIP } from "node:net";
import { holdsCardNumber } from "./card-number.ts";
import { refuse } from "./refusal.ts";

/** Longer addresses are cut by browsers and proxies on the way. */
export const ADDRESS_LENGTH_MAX = 2_048;

/** Networks of our own side, and those that no server of a merchant's can have. */
const inside = new BlockList();
for (const [net, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  // Many at once, reserved, and everybody on this network.
  ["224.0.0.0", 3],
] as const) {
  inside.addSubnet(net, bits, "ipv4");
}
for (const [net, bits] of [
  // Unspecified, loopback, and an older way to write an IPv4 address.
  ["::", 96],
  // Addresses that a gateway turns into ones of the older protocol.
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 9],
  ["ff00::", 8],
] as const) {
  inside.addSubnet(net, bits, "ipv6");
}

/** Whether an IP address is of loopback, link-local, private or reserved networks. */
export const isInsideIp = (ip: string): boolean =>
  inside.check(ip, isIP(ip) === 6 ? "ipv6" : "ipv4");

/** The host of a parsed URL as other functions of the machine take it. */
export const bareHost = (hostname: string): string => hostname.replace(/^\[|\]$|\.$/g, "");

/**
 * Whether a URL's host says by itself that it is inside. `URL` has already made one spelling of an
 * IPv4 address in decimal, octal or hex. Where another name leads is known when it is called.
 */
export function isInsideHost(hostname: string): boolean {
  const host = bareHost(hostname).toLowerCase();
  return isIP(host) ? isInsideIp(host) : /^(?:.*\.)?localhost$/.test(host);
}

const hasControl = (text: string) => /[\p{Cc}\p{Cf}]/u.test(text);

/** An address as its reader sees it; one with a broken escape as it is. */
function unescaped(address: string): string {
  try {
    return decodeURIComponent(address.replaceAll("+", " "));
  } catch {
    return address;
  }
}

/**
 * Reads an address at which a merchant wants to be told or a browser to be sent, and gives it back
 * as one spelling. Refuses `invalid_input`: `too_long`, `not_an_address` for anything but http and
 * https, for credentials and for control characters, `address_inside` for a host that is on our own
 * side unless the caller may call inside, and `card_number` for one that tells a card's number.
 */
export function checkAddress(
  field: string,
  text: string,
  { mayCallInside }: Readonly<{ mayCallInside: boolean }>,
): string {
  const wrong = (problem: "not_an_address" | "address_inside" | "card_number") =>
    refuse("invalid_input", { field, problem });
  const url = hasControl(text) ? null : URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) return wrong("not_an_address");
  if (url.username || url.password) return wrong("not_an_address");
  // As it will be stored: letters beyond ASCII have become several by now.
  if (url.href.length > ADDRESS_LENGTH_MAX) {
    refuse("invalid_input", { field, problem: "too_long", bound: String(ADDRESS_LENGTH_MAX) });
  }
  if (!mayCallInside && isInsideHost(url.hostname)) return wrong("address_inside");
  if (holdsCardNumber(unescaped(url.href))) return wrong("card_number");
  return url.href;
}
