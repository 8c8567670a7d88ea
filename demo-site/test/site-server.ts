import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import type { SiteConfig } from "../../contracts/processes/site-config.ts";
import { contentSecurityPolicy } from "../../contracts/site/content-security-policy.ts";
import { type Loopback, listenOnLoopback } from "../../test-support/loopback.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Serves the built page with the content security policy; `config()` is called at each load, `undefined` is a 404. */
export async function serveSite(
  folder: string,
  apiUrl: string,
  config: () => SiteConfig | undefined,
): Promise<Loopback> {
  return await listenOnLoopback((request, response) => {
    response.setHeader(
      "content-security-policy",
      contentSecurityPolicy({ apiOrigin: new URL(apiUrl).origin, trustedTypes: true }),
    );
    response.setHeader("x-content-type-options", "nosniff");
    const { pathname } = new URL(request.url ?? "/", "http://site");
    if (pathname === "/config.json") {
      const value = config();
      response.writeHead(value === undefined ? 404 : 200, { "content-type": "application/json" });
      response.end(value === undefined ? "" : JSON.stringify(value));
      return;
    }
    const path = join(folder, normalize(pathname === "/" ? "/index.html" : pathname));
    readFile(path).then(
      (content) => {
        response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(content);
      },
      () => response.writeHead(404).end(),
    );
  });
}
