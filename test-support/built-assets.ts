import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CONSOLE_PAGES } from "../contracts/site/console-pages.ts";

const CONSOLE_HTML = '<!doctype html><script type="module" src="/console/assets/index-bbbbbbbb.js"></script>';

export interface BuiltAssetsFixture {
  /** Folder of a page with one script. */
  readonly site: string;
  /** Folder of a console with one script. */
  readonly console: string;
  /** Folder of Lambda bundles. */
  readonly lambdas: string;
  /** Folder of the gateway's bundle. */
  readonly gateway: string;
  readonly remove: () => void;
}

/** A temporary stand-in for what `npm run build` makes, so that synthesis can be tested without it. */
export function builtAssets(files: Readonly<Record<string, string | Uint8Array>> = {}): BuiltAssetsFixture {
  const root = mkdtempSync(join(tmpdir(), "sluice-assets-"));
  const content = {
    "site/index.html": '<!doctype html><script type="module" src="/assets/index-aaaaaaaa.js"></script>',
    "site/assets/index-aaaaaaaa.js": "console.log('page');",
    ...Object.fromEntries(["index", ...CONSOLE_PAGES].map((page) => [`console/${page}.html`, CONSOLE_HTML])),
    "console/assets/index-bbbbbbbb.js": "console.log('console');",
    "gateway/server.mjs": "a bundle",
    "lambdas/administer.zip": "a bundle",
    "lambdas/archive-usage.zip": "a bundle",
    "lambdas/authorize-request.zip": "a bundle",
    "lambdas/count-usage.zip": "a bundle",
    "lambdas/drain-engine.zip": "a bundle",
    "lambdas/exchange-token.zip": "a bundle",
    "lambdas/publish-cost.zip": "a bundle",
    "lambdas/seal-audit.zip": "a bundle",
    "lambdas/report-stripe.zip": "a bundle",
    "lambdas/send-notices.zip": "a bundle",
    ...files,
  };
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    site: join(root, "site"),
    console: join(root, "console"),
    lambdas: join(root, "lambdas"),
    gateway: join(root, "gateway"),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
