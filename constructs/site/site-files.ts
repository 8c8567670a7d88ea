import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";

/** One file of the built page. */
export interface SiteFile {
  /** Key in the bucket, e.g. `assets/index-3f9a1c2b.js`. */
  readonly key: string;
  /** Name without content hash, the same from build to build: `assets/index.js`. */
  readonly stableName: string;
  readonly contentType: string;
  readonly cacheControl: string;
  /** SHA-256 of the content, hex. */
  readonly hash: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** Names change with their content, so a copy never becomes stale; a year is the longest usual lifetime in HTTP. */
const IMMUTABLE = "public, max-age=31536000, immutable";
/** Names do not change with the content: a deployment is visible within a minute. */
export const SHORT_LIVED = "public, max-age=60";

/** Vite puts 8 characters of content hash before the extension. */
const CONTENT_HASH = /-[A-Za-z0-9_-]{8}(?=\.[a-z0-9.]+$)/;

/**
 * Lists the files of the built page, sorted by key.
 * @throws when the page is not built, or holds a kind of file whose content type is unknown
 */
export function siteFiles(directory: string): readonly SiteFile[] {
  if (!existsSync(join(directory, "index.html"))) {
    throw new Error(`There is no built page at ${directory} (index.html is missing); run \`npm run build\` first.`);
  }
  const keys = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
  const stable = new Map(keys.map((key) => [key, key.startsWith("assets/") ? key.replace(CONTENT_HASH, "") : key]));
  const uses = Map.groupBy(keys, (key) => stable.get(key));
  return keys.map((key) => {
    const name = stable.get(key) ?? key;
    const contentType = CONTENT_TYPES[extname(key)];
    if (!contentType) {
      throw new Error(`${key} has no known content type; add ${extname(key)} to constructs/site/site-files.ts.`);
    }
    return {
      key,
      stableName: (uses.get(name)?.length ?? 0) > 1 ? key : name, // the names of two chunks with one name keep their hashes
      contentType,
      cacheControl: name === key ? SHORT_LIVED : IMMUTABLE,
      hash: createHash("sha256")
        .update(readFileSync(join(directory, key)))
        .digest("hex"),
    };
  });
}
