import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";

/** A server of the twin, bound to a loopback port. */
export interface BoundServer {
  readonly server: Server;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Binds a server on 127.0.0.1. Port 0 takes any free one.
 * @throws with the setting that changes the port when it is taken
 */
export async function bind(port: number, setting: string, listener: RequestListener): Promise<BoundServer> {
  const server = createServer(listener);
  // Streams of slow models stay open for minutes; limits belong to the parts that are simulated.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is in use; set ${setting} to another port, or to 0 for any free one.`)
          : error,
      ),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { server, port: address.port, close: () => closeServer(server) };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Writes a whole response; has no effect when the client has left or headers are sent. */
export function respond(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body = "",
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  response.end(response.req.method === "HEAD" ? undefined : body);
}

/** One header as text; repeated ones joined. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Path and query of a request, whatever form the request line had. */
export function requestTarget(request: IncomingMessage): { readonly path: string; readonly query: string } {
  const raw = request.url ?? "/";
  const withoutOrigin = raw.replace(/^[a-z]+:\/\/[^/]*/i, "");
  const at = withoutOrigin.indexOf("?");
  const path = at === -1 ? withoutOrigin : withoutOrigin.slice(0, at);
  return { path: path === "" ? "/" : path, query: at === -1 ? "" : withoutOrigin.slice(at) };
}

/** The client's address as the service in front would see it. */
export function clientAddress(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? "127.0.0.1").replace(/^::ffff:/, "");
}
