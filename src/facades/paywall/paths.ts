/** An address as services are found by it: without case, doubled slashes and escaped letters. */
const pathOf = (url: string): string =>
  url
    .replace(/[?#].*$/s, "")
    .replaceAll(/%([4-7][0-9a-f])/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll(/\/+/g, "/")
    .toLowerCase();

/** Whether an address is of this wire, also one that leads to no service. */
export const isPaywallPath = (url: string): boolean =>
  /^\/(?:api\/)?paywall(?:\/|$)/.test(pathOf(url));

/** Whether it is one of ways to pay that are no cards, whose answers have members of their own. */
export const isApmPath = (url: string): boolean => /^\/api\/paywall\/apm(?:\/|$)/.test(pathOf(url));
