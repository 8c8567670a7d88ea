import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../../lib/free-port.ts";
import { startFakeAws } from "../../test-support/fake-aws.ts";
import { spawnChild, temporaryFolder } from "../children.ts";
import { closedLoop } from "../gateway/closed-loop.ts";
import { loadOf, OPEN, SHAPES, type Shape } from "../gateway/load.ts";
import { warmUp } from "../gateway/measure.ts";
import { figures, openLoop } from "../gateway/open-loop.ts";
import { cpuSeconds } from "../gateway/process-usage.ts";
import { startSluice } from "../gateway/sluice.ts";
import { type System, stopProcess } from "../gateway/systems.ts";
import { machine, rounded } from "../machine.ts";
import { type Budget, budgetOf } from "./attribute.ts";
import { bundleSources } from "./bundle-sources.ts";
import { Inspector } from "./inspector.ts";

/**
 * Where the gateway's time goes: microseconds of a request by step, by module and by function, from a CPU profile of
 * the bundle on one core with all features on. Whole responses and streams, at a rate (open loop) and at saturation
 * (closed loop). `npm run bench profile [-- --seconds 10 --rate 500]` writes bench/results/profile.json, or the file of
 * `--output`; with `--profiles <folder>` also each profile, for Chrome's developer tools.
 */
interface Run extends Budget {
  readonly shape: Shape;
  /** Requests per second, or as many as it can take. */
  readonly load: number | "saturation";
  readonly answered: number;
  readonly failed: number;
  /** By the kernel's count: user and system time of all threads, for each request. */
  readonly cpuMicrosPerRequest: number;
}

/** Rows of a table that stay in sight. */
const SHOWN = 25;

interface Settings {
  readonly seconds: number;
  readonly rate: number;
  /** Folder for the profiles. */
  readonly profiles: string | undefined;
}

async function sendLoad(system: System, shape: Shape, load: Run["load"], seconds: number) {
  const request = { ...loadOf(system, shape), seconds };
  if (load === "saturation") return await closedLoop({ ...request, open: OPEN[shape] });
  const { requests, failed } = figures(await openLoop({ ...request, rate: load }));
  return { answered: requests - failed, failed };
}

async function profileRuns(system: System, inspectorPort: number, bundle: string, settings: Settings) {
  const { seconds, rate, profiles } = settings;
  const sourceOf = bundleSources(bundle);
  const inspector = await Inspector.connect(inspectorPort);
  const runs: Run[] = [];
  for (const shape of SHAPES)
    for (const load of [rate, "saturation"] as const) {
      await warmUp(system);
      const cpuBefore = cpuSeconds(system.pid);
      const { profile, result } = await inspector.profile(() => sendLoad(system, shape, load, seconds));
      const cpuMicrosPerRequest = rounded(((cpuSeconds(system.pid) - cpuBefore) * 1e6) / result.answered);
      runs.push({ shape, load, ...result, cpuMicrosPerRequest, ...budgetOf(profile, result.answered, sourceOf) });
      if (profiles === undefined) continue;
      mkdirSync(profiles, { recursive: true });
      writeFileSync(join(profiles, `${shape}-${load}.cpuprofile`), JSON.stringify(profile));
    }
  inspector.close();
  return runs;
}

async function measure(settings: Settings): Promise<readonly Run[]> {
  const upstreamPort = await freePort();
  const inspectorPort = await freePort();
  const script = join(import.meta.dirname, "../gateway/upstream.ts");
  const upstream = spawnChild([process.execPath, script, String(upstreamPort)], { stdio: "inherit" });
  const aws = await startFakeAws();
  const folder = temporaryFolder("sluice-profile-");
  try {
    while (!(await fetch(`http://127.0.0.1:${upstreamPort}/health`).catch(() => undefined))?.ok) await sleep(50);
    const options = { nodeOptions: [`--inspect=127.0.0.1:${inspectorPort}`], sourceMap: true };
    const system = await startSluice(aws, upstreamPort, folder, 1, {}, options);
    try {
      return await profileRuns(system, inspectorPort, join(folder, "server.mjs"), settings);
    } finally {
      await system.stop();
    }
  } finally {
    await stopProcess(upstream);
    await aws.stop();
  }
}

function print(run: Run): void {
  const { shape, load, answered, failed, cpuMicrosPerRequest, microsPerRequest, steps } = run;
  const title = load === "saturation" ? load : `${load} requests/s`;
  console.log(
    `\n${shape}, ${title}: ${answered} served, ${failed} failed; ${microsPerRequest} µs a request in the profile, ` +
      `${cpuMicrosPerRequest} µs of CPU time`,
  );
  for (const { name, microsPerRequest: micros, share } of steps.slice(0, SHOWN))
    console.log(`${micros.toFixed(2).padStart(9)} µs ${(share * 100).toFixed(1).padStart(5)} %  ${name}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "10" },
      rate: { type: "string", default: "500" },
      output: { type: "string", default: join(import.meta.dirname, "../results/profile.json") },
      profiles: { type: "string" },
    },
  });
  const [seconds, rate] = [Number(values.seconds), Number(values.rate)];
  const runs = await measure({ seconds, rate, profiles: values.profiles });
  const command = `npm run bench profile -- --seconds ${seconds} --rate ${rate}`;
  mkdirSync(dirname(values.output), { recursive: true });
  writeFileSync(values.output, `${JSON.stringify({ command, machine: machine(), seconds, rate, runs }, null, 2)}\n`);
  for (const run of runs) print(run);
}

await main();
