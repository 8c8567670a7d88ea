import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { headFile } from "../domain/audit/chain-files.ts";
import { endAfter, newChain, nextSegment, nextStatement } from "../domain/audit/seal.ts";
import { auditPublicKey, headText, statementText } from "../domain/audit/signed-head.ts";
import { spawnChild, temporaryFolder } from "./children.ts";
import { loadAverage, machine, rounded } from "./machine.ts";

/**
 * Time and memory of the audit trail's verifier, as an auditor runs it: the program that stands alone, on a folder. Wall time is
 * that of this machine with whatever else it runs: compare the CPU time.
 * `node bench/audit-verify.ts [events] [idle heads]` writes bench/results/audit-verify.json.
 */
const [events = 1_000_000, idleHeads = 100_000] = process.argv.slice(2).map(Number);
/** As many as the sealer takes into one segment. */
const EVENTS_PER_SEGMENT = 99;
const MINUTE_MS = 60_000;

const folder = temporaryFolder("sluice-audit-bench-");
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
const { fingerprint } = auditPublicKey(pem);
const keyFile = join(folder, "key.pem");
const verifier = join(folder, "verifier.mjs");

/** Of the size that the control API's events have. */
function event(index: number): Readonly<Record<string, unknown>> {
  return {
    id: `audit_log-${String(index).padStart(25, "0")}`,
    type: "project.created",
    effective_at: 1_795_946_400 + index,
    actor: {
      type: "api_key",
      api_key: { id: "key_01hzy3k9q0000000000000000", type: "user", user: { id: "user-1", email: "ops@example.com" } },
    },
    "project.created": { id: `proj_${index}`, data: { name: `project ${index}`, title: `Project ${index}` } },
  };
}

/** @returns bytes of the entries */
function write(chain: string, heads: number, eventsOfHead: (head: number) => number): number {
  for (const name of ["heads", "segments"]) mkdirSync(join(folder, chain, name), { recursive: true });
  let end = newChain(chain);
  let bytes = 0;
  for (let head = 0; head < heads; head++) {
    const count = eventsOfHead(head);
    const segment =
      count === 0
        ? undefined
        : nextSegment(
            end,
            Array.from({ length: count }, (_, index) => event(end.entries + index)),
          );
    if (segment) writeFileSync(join(folder, chain, segment.file), segment.text);
    bytes += segment?.text.length ?? 0;
    const statement = nextStatement(end, segment, { atMs: head * MINUTE_MS, key: fingerprint });
    const signature = sign("sha256", Buffer.from(statementText(statement)), privateKey).toString("base64");
    writeFileSync(join(folder, chain, headFile(statement.number)), headText({ statement, signature }));
    end = endAfter(statement);
  }
  return bytes;
}

/** Highest resident memory and CPU time of a running process; Linux. @returns `undefined` once it has ended */
function usageOf({ pid }: ChildProcess): { readonly peakMiB: number; readonly cpuSeconds: number } | undefined {
  try {
    const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    // Behind the name in brackets, which may have spaces: user and system time, in hundredths of a second.
    const [user, system] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ").slice(11, 13) ?? [];
    if (peak === undefined) return undefined;
    return { peakMiB: rounded(Number(peak) / 1024), cpuSeconds: (Number(user) + Number(system)) / 100 };
  } catch {
    return undefined;
  }
}

async function measure(chain: string, heads: number) {
  const until = new Date(heads * MINUTE_MS).toISOString();
  const startedAt = performance.now();
  const child = spawnChild(
    [process.execPath, verifier, join(folder, chain), "--public-key", keyFile, "--until", until, "--json"],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let usage = usageOf(child);
  const timer = setInterval(() => {
    usage = usageOf(child) ?? usage;
  }, 20);
  let output = "";
  child.stdout?.on("data", (piece: Buffer) => {
    output += piece;
  });
  await once(child, "close");
  clearInterval(timer);
  const seconds = rounded((performance.now() - startedAt) / 1000);
  if (JSON.parse(output).isIntact !== true) throw new Error(`the verifier found faults in ${chain}: ${output}`);
  return { seconds, ...usage };
}

writeFileSync(keyFile, pem);
const built = spawnChild([process.execPath, "cli/sluice.ts", "audit", "verifier", "--output", verifier], {
  cwd: dirname(import.meta.dirname),
  stdio: "inherit",
});
const [code] = await once(built, "exit");
if (code !== 0) throw new Error(`sluice audit verifier ended with ${code}`);
const segments = Math.ceil(events / EVENTS_PER_SEGMENT);
const bytes = write("events", segments, (head) => Math.min(EVENTS_PER_SEGMENT, events - head * EVENTS_PER_SEGMENT));
write("idle", idleHeads, () => 0);
const report = {
  command: `node bench/audit-verify.ts ${events} ${idleHeads}`,
  machine: machine(),
  loadAverage: loadAverage(),
  events: { count: events, segments, heads: segments, bytes, ...(await measure("events", segments)) },
  idle: { heads: idleHeads, ...(await measure("idle", idleHeads)) },
};
writeFileSync(join(import.meta.dirname, "results/audit-verify.json"), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report, null, 2));
