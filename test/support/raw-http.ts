import { request } from "node:http";

export type RawCall = Readonly<{
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
}>;

/**
 * One request letter by letter as it is given, and the letters of its answer: also a GET that
 * brings a body, as one client of the marketplace wire sends it and `fetch` does not.
 */
export function rawCall(url: string, { method, headers, body }: RawCall) {
  return new Promise<Readonly<{ status: number; text: string }>>((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const sent = request(url, { method, headers: { ...headers, ...length } }, (reply) => {
      let text = "";
      reply.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      reply.on("end", () => resolve({ status: reply.statusCode ?? 0, text }));
    });
    sent.on("error", reject).end(body);
  });
}
