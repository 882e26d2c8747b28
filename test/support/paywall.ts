import type { TestWorld } from "./world.ts";

/** The envelope of every answer of this wire. */
export type Envelope<Body = unknown> = Readonly<{
  status: number;
  ErrorCode: number;
  Result: boolean;
  Message: string;
  Body: Body;
  /** The answer letter by letter. */
  text: string;
}>;

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Calls of the marketplace wire, as a client that sends all four headers makes them. */
export function paywallOf(world: Pick<TestWorld, "url" | "pairs">) {
  async function call<Body = unknown>(
    method: Method,
    path: string,
    input: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Envelope<Body>> {
    const isGet = method === "GET";
    const asked = Object.fromEntries(
      Object.entries(isGet ? input : {}).map(([name, value]) => [name, String(value)]),
    );
    const reply = await fetch(`${world.url}/${path}`, {
      method,
      headers: {
        ...world.pairs,
        ...(!isGet && { "content-type": "application/json" }),
        ...asked,
        ...headers,
      },
      ...(!isGet && { body: JSON.stringify(input) }),
    });
    const text = await reply.text();
    return { status: reply.status, text, ...(JSON.parse(text) as object) } as Envelope<Body>;
  }
  const by =
    (method: Method) =>
    <Body = unknown>(path: string, input?: object, headers?: Readonly<Record<string, string>>) =>
      call<Body>(method, path, input, headers);
  return { get: by("GET"), post: by("POST"), put: by("PUT"), del: by("DELETE") };
}
export type Paywall = ReturnType<typeof paywallOf>;
