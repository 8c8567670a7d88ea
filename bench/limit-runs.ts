import { mkdirSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { type LimitRun, runLimits } from "../gateway/test/limits/limit-run.ts";
import { machine, rounded } from "./machine.ts";

/**
 * Whether three gateway processes with 50 requests at once each ever pass a limit of 2,000 tokens in a second and 30
 * requests in progress, in one Redis server: undisturbed, while processes are killed, and while the server loses its data
 * too. `npm run bench limit-runs -- [seeds] [first seed]` writes bench/results/limit-runs.json after each seed.
 */
const [seeds = 10, first = 1] = process.argv.slice(2).map(Number);
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
mkdirSync(folder, { recursive: true });
for (let seed = first; seed < first + seeds; seed++) {
  for (const kind of Object.keys(KINDS) as Kind[])
    count(sums[kind], await runLimits({ ...LIMITS, ...KINDS[kind], seed }));
  const command = `npm run bench limit-runs -- ${seed - first + 1} ${first}`;
  const result = {
    command,
    machine: machine(),
    loadAverage: loadavg().map((load) => rounded(load)),
    limits: LIMITS,
    ...sums,
  };
  writeFileSync(join(folder, "limit-runs.json"), `${JSON.stringify(result, null, 2)}\n`);
  console.log(`seed ${seed}: ${JSON.stringify(sums)}`);
}
