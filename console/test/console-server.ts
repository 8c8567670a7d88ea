import type { IncomingMessage, ServerResponse } from "node:http";
import { join, normalize } from "node:path";
import { text } from "node:stream/consumers";
import type { SiteConfig } from "../../contracts/processes/site-config.ts";
import { CONSOLE_FOLDER, CONSOLE_PAGES, pathsOf } from "../../contracts/site/console-pages.ts";
import { contentSecurityPolicy } from "../../contracts/site/content-security-policy.ts";
import { type Loopback, listenOnLoopback } from "../../test-support/loopback.ts";
import { serveFile } from "../../test-support/site-files/serve-file.ts";

/** One call of `/session`, and its response: a status and a body. */
export interface SessionCall {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  /** Of the session that a sign-out names. */
  readonly id: string | undefined;
}
export interface SessionResult {
  readonly status: number;
  readonly body?: unknown;
}
export type SessionScript = (call: SessionCall) => SessionResult | Promise<SessionResult>;

/** Serves the console as the distribution does: its HTML under each page's path, its files below `/console/`, `/session` by script. */
export function serveConsole(folder: string, config: SiteConfig, session: SessionScript): Promise<Loopback> {
  const apiOrigin = new URL(config.apiUrl).origin;
  return listenOnLoopback((request, response) => {
    response.setHeader("content-security-policy", contentSecurityPolicy({ apiOrigin, trustedTypes: true }));
    response.setHeader("x-content-type-options", "nosniff");
    const { pathname } = new URL(request.url ?? "/", "http://site");
    if (pathname === "/config.json") return void response.end(JSON.stringify(config));
    if (pathname.startsWith("/session")) return void serveSession(request, response, pathname, session);
    const page = CONSOLE_PAGES.find((name) => pathsOf(name).some((path) => pathname === `/${path}`));
    const path = page === undefined ? normalize(pathname.replace(`/${CONSOLE_FOLDER}/`, "/")) : `${page}.html`;
    void serveFile(request, response, join(folder, path));
  });
}

async function serveSession(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  session: SessionScript,
): Promise<void> {
  const received = await text(request);
  // As the function: a page of another site can't send the header.
  if (request.headers["x-sluice-session"] !== "1") return void response.writeHead(403).end();
  const body: unknown = received === "" ? undefined : JSON.parse(received);
  const id = request.headers["x-sluice-session-id"]?.toString();
  const { status, body: sent } = await session({ method: request.method ?? "", path, body, id });
  response
    .writeHead(status, { "content-type": "application/json" })
    .end(sent === undefined ? "" : JSON.stringify(sent));
}
