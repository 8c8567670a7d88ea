import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startFakeAws } from "../../test-support/fake-aws.ts";
import { machine, median, range, rounded } from "../machine.ts";
import { writeGatewayChart } from "./chart.ts";
import { closedLoop } from "./closed-loop.ts";
import { type Figures, figures, openLoop } from "./open-loop.ts";
import { startLiteLlm, startPortkey } from "./peers.ts";
import { cpuSeconds, rssMiB } from "./process-usage.ts";
import { startSluice } from "./sluice.ts";
import { freePort, type System, startBare, stopProcess } from "./systems.ts";

/**
 * What gateways cost, side by side on one machine: ours with everything on, the least a relay in Node can be, and peers.
 * Each runs alone on one core, the load and the model server on another. Per round and shape: as many requests as it can
 * take (per second of its CPU time), then open-loop arrivals against the same arrivals without it, in turn. At last ours
 * with a thread for each core of the machine.
 * `npm run bench gateway [-- --rounds 3 --seconds 4 --systems sluice,bare,portkey,litellm]`
 */
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "4" },
    systems: { type: "string", default: "sluice,bare,portkey,litellm" },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds);
const wanted = values.systems.split(",");
const threads = cpus().length;

const PATH = "/v1/chat/completions";
const OPEN = { json: 64, sse: 128 };
/** A model server that is slower than this by itself says nothing about the gateway before it: such a round is repeated. */
const CALIBRATION_P99_MS = { json: 10, sse: 80 };
const ATTEMPTS_PER_ROUND = 3;
const SHAPES = ["json", "sse"] as const;
type Shape = (typeof SHAPES)[number];
const bodyOf = (shape: Shape) => ({
  model: "tiny",
  messages: [{ role: "user", content: "List three fruits, please." }],
  max_tokens: 31,
  ...(shape === "sse" ? { stream: true } : {}),
});

/** As much as a system takes, alone with the load. */
interface Capacity {
  readonly perSecond: number;
  readonly perSecondPerCore: number;
  readonly failed: number;
  readonly rssMiB: number;
}

interface Sample extends Capacity {
  readonly direct: Figures;
  readonly through: Figures;
}

const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
const upstreamPort = await freePort();
const upstream = `http://127.0.0.1:${upstreamPort}`;
const upstreamProcess = spawn(process.execPath, [join(import.meta.dirname, "upstream.ts"), String(upstreamPort)], {
  stdio: "inherit",
});
const aws = await startFakeAws();
const starts: Readonly<Record<string, () => Promise<System>>> = {
  sluice: () => startSluice(aws, upstreamPort, folder),
  bare: () => startBare(upstream, folder),
  portkey: () => startPortkey(upstream, folder),
  litellm: () => startLiteLlm(upstream, folder),
};

const samples = new Map<string, Sample[]>();
const ofMachine = new Map<Shape, Capacity[]>();
const about = new Map<string, System>();
const left: string[] = [];
try {
  while (!(await fetch(`${upstream}/health`).catch(() => undefined))?.ok) await sleep(50);
  for (const name of wanted) {
    const start = starts[name];
    if (start === undefined)
      throw new Error(`there is no system ${name}; take some of ${Object.keys(starts).join(", ")}`);
    let system: System;
    try {
      system = await start();
    } catch (error) {
      left.push(`${name}: ${error instanceof Error ? error.message : "did not start"}`);
      continue;
    }
    about.set(name, system);
    for (const shape of SHAPES) samples.set(`${name} ${shape}`, []);
    try {
      await warmUp(system);
      for (let round = 0; round < rounds; round++)
        for (const shape of SHAPES)
          for (let attempt = 0; attempt < ATTEMPTS_PER_ROUND; attempt++) if (await measure(system, shape)) break;
    } finally {
      await system.stop();
    }
  }
  if (wanted.includes("sluice") && threads > 1) await measureMachine();
} finally {
  await stopProcess(upstreamProcess);
  await aws.stop();
}

function loadOf({ origin, headers }: Pick<System, "origin" | "headers">, shape: Shape) {
  return { origin, headers, path: PATH, body: bodyOf(shape) };
}

async function warmUp(system: System): Promise<void> {
  for (const shape of SHAPES) await closedLoop({ ...loadOf(system, shape), open: OPEN[shape], seconds: 2 });
}

async function capacity(system: System, shape: Shape): Promise<Capacity> {
  const cpuBefore = cpuSeconds(system.pid);
  const { answered, failed } = await closedLoop({ ...loadOf(system, shape), open: OPEN[shape], seconds });
  const perSecondPerCore = answered / (cpuSeconds(system.pid) - cpuBefore);
  return { perSecond: answered / seconds, perSecondPerCore, failed, rssMiB: rssMiB(system.pid) };
}

async function measureMachine(): Promise<void> {
  const system = await startSluice(aws, upstreamPort, folder, threads);
  try {
    await warmUp(system);
    for (let round = 0; round < rounds; round++)
      for (const shape of SHAPES)
        ofMachine.set(shape, [...(ofMachine.get(shape) ?? []), await capacity(system, shape)]);
  } finally {
    await system.stop();
  }
}

/** @returns false if the model server alone was too slow, just before or in the round */
async function measure(system: System, shape: Shape): Promise<boolean> {
  const rate = system.rates[shape];
  const direct = { ...loadOf({ origin: upstream, headers: {} }, shape), seconds };
  if (!isCalm(system, shape, figures(await openLoop({ ...direct, rate: rate * 1.5, seconds: 1 })))) return false;
  const most = await capacity(system, shape);
  await sleep(500);
  const directFigures = figures(await openLoop({ ...direct, rate }));
  if (!isCalm(system, shape, directFigures)) return false;
  const through = figures(await openLoop({ ...loadOf(system, shape), rate, seconds }));
  samples.get(`${system.name} ${shape}`)?.push({
    ...most,
    failed: most.failed + through.failed,
    direct: directFigures,
    through,
  });
  return true;
}

function isCalm({ name }: System, shape: Shape, { failed, firstByteMs }: Figures): boolean {
  if (failed === 0 && firstByteMs.p99 <= CALIBRATION_P99_MS[shape]) return true;
  left.push(`${name} ${shape}: a round whose model server alone had a p99 of ${firstByteMs.p99} ms`);
  return false;
}

const rows = [...samples].flatMap(([key, measured]) => {
  const [name = "", shape = "json"] = key.split(" ");
  const system = about.get(name);
  if (system === undefined || measured.length === 0) return [];
  const over = (pick: (sample: Sample) => number) => median(measured.map(pick));
  const addedTotal = (percentile: "p50" | "p99") => (sample: Sample) =>
    sample.through.totalMs[percentile] - sample.direct.totalMs[percentile];
  const addedFirst = (sample: Sample) => sample.through.firstByteMs.p95 - sample.direct.firstByteMs.p95;
  return [
    {
      system: name,
      version: system.version,
      shape,
      rounds: measured.length,
      perSecond: over(({ perSecond }) => perSecond),
      perSecondPerCore: over(({ perSecondPerCore }) => perSecondPerCore),
      perSecondPerCoreRange: range(measured.map(({ perSecondPerCore }) => perSecondPerCore)),
      arrivalsPerSecond: system.rates[shape === "sse" ? "sse" : "json"],
      addedP50Ms: over(addedTotal("p50")),
      addedP99Ms: over(addedTotal("p99")),
      addedP99MsRange: range(measured.map(addedTotal("p99"))),
      addedTtftP95Ms: over(addedFirst),
      addedTtftP95MsRange: range(measured.map(addedFirst)),
      directP50Ms: over(({ direct }) => direct.totalMs.p50),
      directP99Ms: over(({ direct }) => direct.totalMs.p99),
      rssMiB: over((sample) => sample.rssMiB),
      failed: measured.reduce((sum, sample) => sum + sample.failed, 0),
    },
  ];
});
const wholeMachine = [...ofMachine].map(([shape, measured]) => ({
  system: "sluice",
  shape,
  threads,
  perSecond: median(measured.map(({ perSecond }) => perSecond)),
  perSecondRange: range(measured.map(({ perSecond }) => perSecond)),
  perSecondPerCore: median(measured.map(({ perSecondPerCore }) => perSecondPerCore)),
  rssMiB: median(measured.map((one) => one.rssMiB)),
  failed: measured.reduce((sum, one) => sum + one.failed, 0),
}));
const report = {
  command: `npm run bench gateway -- --rounds ${rounds} --seconds ${seconds} --systems ${wanted.join(",")}`,
  machine: machine(),
  rounds,
  seconds,
  leftOut: left,
  rows,
  wholeMachine,
};
const results = join(import.meta.dirname, "../results");
mkdirSync(results, { recursive: true });
const file = join(results, "gateway.json");
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
writeGatewayChart();
for (const row of rows)
  console.log(
    `${row.system} ${row.shape}: ${rounded(row.perSecondPerCore)}/s per core (${row.perSecond}/s), added p50 ${row.addedP50Ms} ms, ` +
      `p99 ${row.addedP99Ms} ms, first byte p95 ${row.addedTtftP95Ms} ms at ${row.arrivalsPerSecond}/s, ${row.rssMiB} MiB, failed ${row.failed}`,
  );
for (const row of wholeMachine)
  console.log(
    `sluice ${row.shape}, ${threads} threads, the load on one of their cores: ${row.perSecond}/s, ` +
      `${row.perSecondPerCore}/s per core, ${row.rssMiB} MiB, failed ${row.failed}`,
  );
for (const line of left) console.log(`left out: ${line}`);
