import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LimitRun, runLimits } from "../gateway/test/limits/limit-run.ts";
import { isRecord } from "../lib/is-record.ts";
import { parseJson } from "../lib/parse-json.ts";
import { spawnChild } from "./children.ts";
import { loadAverage, machine } from "./machine.ts";

/**
 * Whether three gateway processes with 50 requests at once each ever pass a limit of 2,000 tokens in a second and 30
 * requests in progress, in one Redis server: undisturbed, while processes are killed, and while the server loses its data
 * too. `npm run bench limit-runs -- [seeds] [first seed]` writes bench/results/limit-runs.json after each seed. Where the
 * file ends with the seed before the first one, its runs are counted too.
 */
const [seeds = 10, first = 1, here = 0] = process.argv.slice(2).map(Number);
const LIMITS = { max: 2000, progress: 30, leaseMs: 1000, windows: 4 };
const KINDS = {
  undisturbed: {},
  kills: { kills: true },
  killsAndFlushes: { kills: true, flushes: true },
} as const;

type Kind = keyof typeof KINDS;

const newSums = () => ({
  runs: 0,
  windows: 0,
  /** In which a request was refused. */
  windowsUsedUp: 0,
  windowsOver: 0,
  tokensOver: 0,
  /** Over by more than one limit for each time that the server lost its data. */
  runsBeyondPolicy: 0,
  mostTokensOfWindow: 0,
  mostInProgress: 0,
  kills: 0,
  flushes: 0,
});
const sums = { undisturbed: newSums(), kills: newSums(), killsAndFlushes: newSums() } satisfies Record<Kind, object>;

function count(sum: ReturnType<typeof newSums>, { windows, mostInProgress, kills, flushes }: LimitRun): void {
  const used = windows.map((window) => window.used);
  sum.runs++;
  sum.windows += windows.length;
  sum.windowsUsedUp += windows.filter(({ isExhausted }) => isExhausted).length;
  sum.windowsOver += used.filter((tokens) => tokens > LIMITS.max).length;
  const over = used.reduce((all, tokens) => all + Math.max(0, tokens - LIMITS.max), 0);
  sum.tokensOver += over;
  if (over > flushes * LIMITS.max) sum.runsBeyondPolicy++;
  sum.mostTokensOfWindow = Math.max(sum.mostTokensOfWindow, ...used);
  sum.mostInProgress = Math.max(sum.mostInProgress, mostInProgress);
  sum.kills += kills;
  sum.flushes += flushes;
}

const folder = join(import.meta.dirname, "results");
const file = join(folder, "limit-runs.json");

/** Adds the runs of the file where this one goes on. @returns the first seed of all */
function addStored(): number {
  const stored = parseJson(readFileSync(file, "utf8"));
  if (!isRecord(stored)) return first;
  const [, count = 0, from = 0] = /-- (\d+) (\d+)$/.exec(String(stored.command))?.map(Number) ?? [];
  if (count + from !== first) return first;
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const before = stored[kind];
    if (!isRecord(before)) return first;
    for (const name of Object.keys(sums[kind]) as (keyof ReturnType<typeof newSums>)[])
      sums[kind][name] = Number(before[name]);
  }
  return from;
}

async function run(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const from = addStored();
  for (let seed = first; seed < first + seeds; seed++) {
    for (const kind of Object.keys(KINDS) as Kind[])
      count(sums[kind], await runLimits({ ...LIMITS, ...KINDS[kind], seed }));
    const command = `npm run bench limit-runs -- ${seed - from + 1} ${from}`;
    const result = {
      command,
      machine: machine(),
      loadAverage: loadAverage(),
      limits: LIMITS,
      ...sums,
    };
    writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
    console.log(`seed ${seed}: ${JSON.stringify(sums)}`);
  }
}

if (here === 1) await run();
else {
  // In a process group of its own, which ends with this process: gateways and server too, whatever ends it.
  const command = [process.execPath, import.meta.filename, String(seeds), String(first), "1"];
  const [code] = await once(spawnChild(command, { stdio: "inherit" }), "exit");
  process.exitCode = Number(code ?? 1);
}
