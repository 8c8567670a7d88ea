import { join, normalize } from "node:path";
import type { SiteConfig } from "../../contracts/processes/site-config.ts";
import { contentSecurityPolicy } from "../../contracts/site/content-security-policy.ts";
import { type Loopback, listenOnLoopback } from "../../test-support/loopback.ts";
import { serveFile } from "../../test-support/site-files/serve-file.ts";

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
    // As the site's bucket, which has pages under their paths.
    const path = /^\/docs(\/[\w-]+)?$/.test(pathname) ? `${pathname}.html` : pathname;
    void serveFile(request, response, join(folder, normalize(path === "/" ? "/index.html" : path)));
  });
}
