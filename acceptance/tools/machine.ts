import { homedir } from "node:os";
import { join } from "node:path";
import type { Children } from "./children.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** The machine of the acceptance run: its environment, cache folder and processes. */
export interface Machine {
  /** The environment variables of this run. */
  readonly variables: Variables;
  /** Folder of files that later runs use again: emulators, provider, schema. */
  readonly cache: string;
  readonly children: Children;
  /** Progress, a line at a time. */
  readonly report: (line: string) => void;
}

/** The folder of emulators, provider and its schema, which later runs use again. */
export function acceptanceCache(variables: Variables): string {
  return join(variables.XDG_CACHE_HOME || join(homedir(), ".cache"), "sluice", "acceptance");
}

const FOR_DOWNLOADS =
  /^(PATH|HOME|LANG|TMPDIR|PIP_\w+|npm_config_(?!local_prefix)\w+|NPM_CONFIG_\w+|NODE_EXTRA_CA_CERTS|\w*_proxy|\w*_PROXY|SSL_CERT_\w+|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/;

/** Environment of a program that downloads: with the user's own proxy and index. */
export function downloadEnvironment(variables: Variables): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value !== undefined && FOR_DOWNLOADS.test(name) ? [[name, value]] : [],
    ),
  );
}
