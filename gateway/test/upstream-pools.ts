import { createServer, type RequestListener, type Server } from "node:http";
import { Pool } from "undici";
import { afterEach } from "vitest";
import { listenOn } from "../http/listen.ts";
import { sendUpstream } from "../http/upstream/send-upstream.ts";
import type { UpstreamBody } from "../http/upstream/upstream-body.ts";

/** For a file's tests: starts servers, which are closed after each test. @returns what starts one, with a pool of connections to it */
export function upstreamPools() {
  const running: { readonly server: Server; readonly pool: Pool }[] = [];
  afterEach(async () => {
    for (const { server, pool } of running.splice(0)) {
      await pool.destroy();
      server.closeAllConnections();
      server.close();
    }
  });
  return async (listener: RequestListener, connections = 1): Promise<Pool> => {
    const server = createServer(listener);
    const port = await listenOn(server, { port: 0, host: "127.0.0.1" });
    const pool = new Pool(`http://127.0.0.1:${port}`, { connections });
    running.push({ server, pool });
    return pool;
  };
}

/** Sends a request by one of these pools. */
export const post = (pool: Pool, signal = new AbortController().signal) =>
  sendUpstream(pool, { method: "POST", path: "/", body: "{}", signal });

/** Resumes a body in each turn of the event loop. @returns what ends that */
export function resumed(body: UpstreamBody): () => void {
  let isOver = false;
  const resume = () => {
    if (isOver) return;
    body.resume();
    setImmediate(resume);
  };
  resume();
  return () => {
    isOver = true;
  };
}
