import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort } from "../../lib/free-port.ts";
import { type FakeAws, startFakeAws } from "../../test-support/fake-aws.ts";
import { spawnChild, temporaryFolder } from "../children.ts";
import { machine } from "../machine.ts";
import { writeGatewayChart } from "./chart.ts";
import { checkResponses } from "./check-responses.ts";
import { startLiteLlm } from "./litellm.ts";
import { SHAPES } from "./load.ts";
import { type Capacity, capacity, measure, type Rounds, warmUp } from "./measure.ts";
import { startPortkey } from "./portkey.ts";
import { linesOf, type Measured, rowsOf, systemOf, wholeMachineRow } from "./report.ts";
import { startSglangRouter, startVllmRouter } from "./rust-routers.ts";
import { startSluice } from "./sluice.ts";
import { type System, type SystemName, startBare, stopProcess } from "./systems.ts";

/**
 * What gateways cost, side by side on one machine: ours with everything on, the least a relay in Node can be, and peers.
 * Each runs alone on one core, the load and the model server on another. Per round and shape: as many requests as it can
 * take (per second of its CPU time), then open-loop arrivals against the same arrivals without it, in turn. At last ours
 * with a thread for each core of the machine.
 * `npm run bench gateway [-- --rounds 3 --seconds 4 --only sluice,bare]` writes bench/results/gateway.json, or the file
 * of `--output`.
 */
interface Context extends Rounds {
  readonly upstreamPort: number;
  readonly aws: FakeAws;
  /** For what systems write. */
  readonly folder: string;
}

const SYSTEMS: Readonly<Record<SystemName, (context: Context) => Promise<System>>> = {
  sluice: ({ aws, upstreamPort, folder }) => startSluice(aws, upstreamPort, folder),
  bare: ({ upstream, folder }) => startBare(upstream, folder),
  portkey: ({ upstream, folder }) => startPortkey(upstream, folder),
  litellm: ({ upstream, folder }) => startLiteLlm(upstream, folder),
  "vllm-router": ({ upstream, folder }) => startVllmRouter(upstream, folder),
  "sglang-router": ({ upstream, folder }) => startSglangRouter(upstream, folder),
};
const NAMES = Object.keys(SYSTEMS);

function isSystemName(name: string): name is SystemName {
  return NAMES.includes(name);
}

/** @throws on a name that there is no system of */
function chosenSystems(only: string): readonly SystemName[] {
  return only.split(",").map((name) => {
    if (isSystemName(name)) return name;
    throw new Error(`--only: there is no system ${JSON.stringify(name)}; take some of ${NAMES.join(",")}`);
  });
}

/** Measures one system, and stops it. @returns undefined when it can't be installed, started or trusted: `leaveOut` has the reason */
async function measureSystem(
  name: SystemName,
  context: Context,
  leaveOut: (reason: string) => void,
): Promise<Measured | undefined> {
  let system: System | undefined;
  try {
    system = await SYSTEMS[name](context);
    await checkResponses(system, context.upstream);
    const samples = await measure(system, context, leaveOut);
    await checkResponses(system, context.upstream);
    return { system, samples };
  } catch (error) {
    leaveOut(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  } finally {
    await system?.stop();
  }
}

async function measureMachine({ aws, upstreamPort, folder, rounds, seconds }: Context, threads: number) {
  const system = await startSluice(aws, upstreamPort, folder, threads);
  const measured: Record<(typeof SHAPES)[number], Capacity[]> = { json: [], sse: [] };
  try {
    await warmUp(system);
    for (let round = 0; round < rounds; round++)
      for (const shape of SHAPES) measured[shape].push(await capacity(system, shape, seconds));
  } finally {
    await system.stop();
  }
  return SHAPES.map((shape) => wholeMachineRow(shape, threads, measured[shape]));
}

async function measureAll(names: readonly SystemName[], { rounds, seconds }: { rounds: number; seconds: number }) {
  const upstreamPort = await freePort();
  const upstream = `http://127.0.0.1:${upstreamPort}`;
  const script = join(import.meta.dirname, "upstream.ts");
  const upstreamProcess = spawnChild([process.execPath, script, String(upstreamPort)], { stdio: "inherit" });
  const aws = await startFakeAws();
  const context = { upstream, upstreamPort, aws, rounds, seconds, folder: temporaryFolder("sluice-bench-") };
  const skipped: string[] = [];
  const measured: Measured[] = [];
  const threads = cpus().length;
  try {
    while (!(await fetch(`${upstream}/health`).catch(() => undefined))?.ok) await sleep(50);
    for (const name of names) {
      const one = await measureSystem(name, context, (reason) => skipped.push(reason));
      if (one !== undefined) measured.push(one);
    }
    const wholeMachine = names.includes("sluice") && threads > 1 ? await measureMachine(context, threads) : [];
    return { skipped, systems: measured.map(systemOf), rows: measured.flatMap(rowsOf), wholeMachine };
  } finally {
    await stopProcess(upstreamProcess);
    await aws.stop();
  }
}

async function main(): Promise<void> {
  const results = join(import.meta.dirname, "../results/gateway.json");
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "3" },
      seconds: { type: "string", default: "4" },
      only: { type: "string", default: NAMES.join(",") },
      output: { type: "string", default: results },
    },
  });
  const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
  const names = chosenSystems(values.only);
  const measured = await measureAll(names, { rounds, seconds });
  const command = `npm run bench gateway -- --rounds ${rounds} --seconds ${seconds} --only ${names.join(",")}`;
  const report = { command, machine: machine(), rounds, seconds, ...measured };
  mkdirSync(join(values.output, ".."), { recursive: true });
  writeFileSync(values.output, `${JSON.stringify(report, null, 2)}\n`);
  if (values.output === results) writeGatewayChart();
  for (const line of linesOf(measured)) console.log(line);
}

await main();
