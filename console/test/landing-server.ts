import { join, normalize } from "node:path";
import { contentSecurityPolicy } from "../../contracts/site/content-security-policy.ts";
import { type Loopback, listenOnLoopback } from "../../test-support/loopback.ts";
import { serveFile } from "../../test-support/site-files/serve-file.ts";
import { exampleConfig } from "./example-service.ts";

/** The built landing page: `node demo-site/build.ts`. */
const LANDING = join(import.meta.dirname, "../../dist/site");

/** Serves the landing page, with the configuration of the example. @param apiUrl of the scripted service */
export function serveLanding(apiUrl: string): Promise<Loopback> {
  return listenOnLoopback((request, response) => {
    response.setHeader(
      "content-security-policy",
      contentSecurityPolicy({ apiOrigin: new URL(apiUrl).origin, trustedTypes: true }),
    );
    const { pathname } = new URL(request.url ?? "/", "http://site");
    if (pathname === "/config.json") return void response.end(JSON.stringify(exampleConfig(apiUrl)));
    void serveFile(request, response, join(LANDING, normalize(pathname === "/" ? "/index.html" : pathname)));
  });
}
