import { setTimeout as sleep } from "node:timers/promises";
import { closedLoop } from "./closed-loop.ts";
import { loadOf, OPEN, SHAPES, type Shape } from "./load.ts";
import { type Figures, figures, openLoop } from "./open-loop.ts";
import { cpuSeconds, rssMiB } from "./process-usage.ts";
import type { System } from "./systems.ts";

/** A round whose model server is slower than this by itself does not measure the gateway: such a round is repeated. */
const CALIBRATION_P99_MS: Readonly<Record<Shape, number>> = { json: 10, sse: 80 };
const ATTEMPTS_PER_ROUND = 3;

/** As much as a system takes, alone with the load. */
export interface Capacity {
  readonly perSecond: number;
  readonly perSecondPerCore: number;
  readonly failed: number;
  readonly rssMiB: number;
}

export interface Sample extends Capacity {
  readonly shape: Shape;
  readonly direct: Figures;
  readonly through: Figures;
}

export interface Rounds {
  /** Origin of the model server. */
  readonly upstream: string;
  readonly rounds: number;
  /** Of each closed and each open loop. */
  readonly seconds: number;
}

/** Of each shape. What a request takes fell for 6 to 10 s (Node 24, one core, this bench) until V8 had compiled what is hot. */
const WARM_UP_SECONDS = 8;

/** Compiles the code and opens the connections. */
export async function warmUp(system: System): Promise<void> {
  for (const shape of SHAPES)
    await closedLoop({ ...loadOf(system, shape), open: OPEN[shape], seconds: WARM_UP_SECONDS });
}

export async function capacity(system: System, shape: Shape, seconds: number): Promise<Capacity> {
  const cpuBefore = cpuSeconds(system.pid);
  const { answered, failed } = await closedLoop({ ...loadOf(system, shape), open: OPEN[shape], seconds });
  const perSecondPerCore = answered / (cpuSeconds(system.pid) - cpuBefore);
  return { perSecond: answered / seconds, perSecondPerCore, failed, rssMiB: rssMiB(system.pid) };
}

/**
 * All rounds of one system.
 * @param leaveOut is called for every round that does not count because the model server alone was too slow
 */
export async function measure(
  system: System,
  { upstream, rounds, seconds }: Rounds,
  leaveOut: (reason: string) => void,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  await warmUp(system);
  for (let round = 0; round < rounds; round++)
    for (const shape of SHAPES)
      for (let attempt = 0; attempt < ATTEMPTS_PER_ROUND; attempt++) {
        const result = await measureRound(system, shape, upstream, seconds);
        if (typeof result !== "number") {
          samples.push(result);
          break;
        }
        leaveOut(`${system.name} ${shape}: a round whose model server alone had a p99 of ${result} ms`);
      }
  return samples;
}

/** @returns the model server's own p99 instead, if that was too slow just before or in the round */
async function measureRound(system: System, shape: Shape, upstream: string, seconds: number): Promise<Sample | number> {
  const rate = system.rates[shape];
  const direct = { ...loadOf({ origin: upstream, headers: {} }, shape), seconds };
  const before = figures(await openLoop({ ...direct, rate: rate * 1.5, seconds: 1 }));
  if (!isCalm(shape, before)) return before.firstByteMs.p99;
  const most = await capacity(system, shape, seconds);
  await sleep(500);
  const directFigures = figures(await openLoop({ ...direct, rate }));
  if (!isCalm(shape, directFigures)) return directFigures.firstByteMs.p99;
  const through = figures(await openLoop({ ...loadOf(system, shape), rate, seconds }));
  return { ...most, shape, failed: most.failed + through.failed, direct: directFigures, through };
}

function isCalm(shape: Shape, { failed, firstByteMs }: Figures): boolean {
  return failed === 0 && firstByteMs.p99 <= CALIBRATION_P99_MS[shape];
}
