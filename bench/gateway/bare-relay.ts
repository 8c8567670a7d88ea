import { createServer } from "node:http";
import { Pool } from "undici";

/** The least that a relay in Node can be: `node bench/gateway/bare-relay.ts <port> <upstream origin>` */
const [port, origin = ""] = process.argv.slice(2);
const pool = new Pool(origin, { connections: 1024 });

createServer((request, response) => {
  pool
    .request({
      method: "POST",
      path: request.url ?? "/",
      headers: { "content-type": "application/json" },
      body: request,
    })
    .then((upstreamResponse) => {
      response.writeHead(upstreamResponse.statusCode, {
        "content-type": String(upstreamResponse.headers["content-type"]),
      });
      upstreamResponse.body.pipe(response);
    })
    .catch(() => response.destroy());
}).listen(Number(port), "127.0.0.1");
