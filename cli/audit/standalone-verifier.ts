import { parseArgs } from "node:util";
import { folderStore } from "./folder-store.ts";
import { publicKeyIn, runVerification } from "./verification.ts";

// A program of its own, `sluice audit verifier`: it needs nothing but Node and the public key.
const USAGE =
  "use: node <this file> <folder> --public-key <file> [--public-key <file>] [--chain <id>] [--until <time>] [--json]";
const fail = (text: string) => console.error(`audit verifier: ${text}`);

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "public-key": { type: "string", multiple: true },
      chain: { type: "string", multiple: true },
      until: { type: "string" },
      json: { type: "boolean" },
    },
  });
  const { "public-key": publicKey = [], ...options } = values;
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0 || publicKey.length === 0) throw new Error(USAGE);
  const print = (text: string) => console.log(text);
  process.exitCode = await runVerification(options, {
    print,
    fail,
    now: Date.now,
    open: async () => ({ name: path, keys: publicKey.map(publicKeyIn), store: await folderStore(path) }),
  });
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
