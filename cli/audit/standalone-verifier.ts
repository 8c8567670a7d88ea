import { parseArgs } from "node:util";
import { printableLine } from "../terminal/printable.ts";
import { folderStore } from "./folder-store.ts";
import { publicKeyIn, runVerification } from "./verification.ts";
import { verifyReport } from "./verify-report.ts";

// A program of its own, `sluice audit verifier`: it needs nothing but Node and the public key.
const USAGE =
  "use: node <this file> <folder> --public-key <file> [--public-key <file>] [--chain <id>] [--until <time>] [--json], " +
  "or node <this file> --erasure <report> --public-key <file> [--public-key <file>]";
const fail = (text: string) => console.error(`audit verifier: ${text}`);

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      "public-key": { type: "string", multiple: true },
      chain: { type: "string", multiple: true },
      until: { type: "string" },
      json: { type: "boolean" },
      erasure: { type: "string" },
    },
  });
  const { "public-key": publicKey = [], erasure, ...options } = values;
  const [path, ...more] = positionals;
  const isOne = (path === undefined) !== (erasure === undefined);
  if (!isOne || more.length > 0 || publicKey.length === 0) throw new Error(USAGE);
  const print = (text: string) => console.log(text);
  if (erasure !== undefined) {
    const { isIntact, text } = verifyReport(erasure, publicKey.map(publicKeyIn));
    print(printableLine(text));
    process.exitCode = isIntact ? 0 : 1;
  } else {
    const name = path ?? "";
    process.exitCode = await runVerification(options, {
      print,
      fail,
      now: Date.now,
      open: async () => ({ name, keys: publicKey.map(publicKeyIn), store: await folderStore(name) }),
    });
  }
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
