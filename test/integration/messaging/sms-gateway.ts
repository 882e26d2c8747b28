import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export type Asked = Readonly<{
  method: string | undefined;
  path: string | undefined;
  headers: IncomingHttpHeaders;
  body: string;
}>;

/** An SMS provider's HTTP API: it keeps what it was asked and answers what it is ordered to. */
export async function openGateway() {
  const asked: Asked[] = [];
  const orders: (number | "silence" | "hang up")[] = [];
  const server = createServer(({ method, url: path, headers, socket }, response) => {
    let body = "";
    response.req.on("data", (chunk) => {
      body += chunk;
    });
    response.req.on("end", () => {
      asked.push({ method, path, headers, body });
      const order = orders.shift() ?? 200;
      if (order === "silence") return;
      if (order === "hang up") socket.destroy();
      else response.writeHead(order, order === 302 ? { location: "/elsewhere" } : {}).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`,
    asked,
    orders,
    clear() {
      asked.length = 0;
      orders.length = 0;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
export type Gateway = Awaited<ReturnType<typeof openGateway>>;
