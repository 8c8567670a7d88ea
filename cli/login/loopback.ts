import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { UserError } from "../terminal/user-error.ts";

/** Where an issuer sends the browser back to: a server of this process, which only this machine reaches. */
export interface LoopbackRedirect {
  readonly redirectUri: string;
  /**
   * Waits for the browser.
   * @param state of the request: a response with another one is not for this sign-in
   * @throws {UserError} when nobody signs in within five minutes
   */
  response(state: string): Promise<URLSearchParams>;
  close(): void;
}

const HOST = "127.0.0.1";
const PATH = "/callback";
const WAIT_MS = 300_000;
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'",
  "cache-control": "no-store",
} as const;

/**
 * Opens the address that an issuer returns to: RFC 8252, section 7.3.
 * @param port 0 for any free one; issuers that compare the whole address need a fixed one
 * @param name of this machine in the address
 * @throws {UserError} when the port is taken
 */
export async function openLoopback(port: number, name = HOST): Promise<LoopbackRedirect> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) =>
    respond(response, 404, "Nothing is here.");
  const server = createServer((request, response) => handle(request, response));
  await listen(server, port);
  const origin = `${name}:${(server.address() as AddressInfo).port}`;
  const response = (state: string) =>
    new Promise<URLSearchParams>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new UserError("Nobody signed in within five minutes; run `sluice login` again.")),
        WAIT_MS,
      );
      handle = (request, response) => {
        const url = new URL(request.url ?? "/", `http://${origin}`);
        // A page of another name that leads here is not the issuer's.
        const isOurs = request.method === "GET" && url.pathname === PATH && request.headers.host === origin;
        if (!isOurs) return respond(response, 404, "Nothing is here.");
        if (url.searchParams.get("state") !== state)
          return respond(response, 400, "This is the response to another sign-in. Start it again.");
        clearTimeout(timer);
        const failed = url.searchParams.has("error");
        respond(
          response,
          200,
          failed ? "The sign-in failed. The command says why." : "Signed in. You can close this page.",
        );
        resolve(url.searchParams);
      };
    });
  const close = () => {
    server.close();
    server.closeIdleConnections();
  };
  return { redirectUri: `http://${origin}${PATH}`, response, close };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const isTaken = "code" in error && error.code === "EADDRINUSE";
      reject(isTaken ? new UserError(`Port ${port} is taken; choose another one by --callback-port.`) : error);
    });
    server.listen(port, HOST, resolve);
  });
}

/** @param text without characters of markup */
function respond(response: ServerResponse, status: number, text: string): void {
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sluice</title></head><body><main><h1>${text}</h1></main></body></html>`;
  response.writeHead(status, { ...HEADERS, connection: "close" }).end(page);
}
