import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Heard = Readonly<{ path: string; type: string | undefined; body: unknown }>;

/** A merchant's own server: it hears what it is told, and answers as it is ordered to. */
export async function openShop() {
  const heard: Heard[] = [];
  /** What it answers next; 200 when nothing is ordered. */
  const answers: number[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => {
      text += chunk;
    });
    request.on("end", () => {
      heard.push({
        path: request.url ?? "",
        type: request.headers["content-type"],
        body: JSON.parse(text),
      });
      const status = answers.shift() ?? 200;
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    answers,
    forget() {
      heard.length = 0;
      answers.length = 0;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
export type Shop = Awaited<ReturnType<typeof openShop>>;
