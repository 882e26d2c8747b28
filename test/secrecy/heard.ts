/** One answer with all of it that a network shows. */
export type Heard = Readonly<{
  url: URL;
  status: number;
  headers: Headers;
  text: string;
}>;

const isRedirect = (status: number) => [301, 302, 303, 307, 308].includes(status);

/**
 * Writes down every answer that this process is given by the addresses in `ours`, redirects among
 * them, whoever asks. What the answers hold is left to whoever reads them.
 */
export function listenTo(ours: readonly string[]) {
  const real = globalThis.fetch;
  const heard: Heard[] = [];
  const listening: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!ours.some((url) => request.url.startsWith(`${url}/`))) return real(input, init);
    const reply = await real(request, { redirect: "manual" });
    const { status, headers } = reply;
    heard.push({ url: new URL(request.url), status, headers, text: await reply.clone().text() });
    const next = headers.get("location");
    const follows = request.redirect === "follow" && isRedirect(status) && next !== null;
    return follows ? listening(new URL(next, request.url)) : reply;
  };
  globalThis.fetch = listening;
  return {
    heard,
    stop: () => {
      globalThis.fetch = real;
    },
  };
}

const shapes = /<svg[\s\S]*?<\/svg>/g;

/** An answer as a text: its status, its headers and its body without the lines of drawings. */
export const textOf = ({ status, headers, text }: Heard): string =>
  JSON.stringify([status, ...headers]) + text.replaceAll(shapes, "");
