import { median, range, rounded } from "../machine.ts";
import { SHAPES, type Shape } from "./load.ts";
import type { Capacity, Sample } from "./measure.ts";
import type { System } from "./systems.ts";

export interface Measured {
  readonly system: System;
  readonly samples: readonly Sample[];
}

/** What ran: its version, how it was started, and on which cores. */
export function systemOf({ system: { name, version, command, cores } }: Measured) {
  return { system: name, version, command: command.join(" "), cores };
}

/** A system's row for each shape that it was measured in. */
export function rowsOf({ system, samples }: Measured) {
  return SHAPES.flatMap((shape) => {
    const own = samples.filter((sample) => sample.shape === shape);
    return own.length === 0 ? [] : [rowOf(system, shape, own)];
  });
}

function rowOf({ name, version, rates }: System, shape: Shape, samples: readonly Sample[]) {
  const over = (pick: (sample: Sample) => number) => median(samples.map(pick));
  const addedTotal = (percentile: "p50" | "p99") => (sample: Sample) =>
    sample.through.totalMs[percentile] - sample.direct.totalMs[percentile];
  const addedFirst = (sample: Sample) => sample.through.firstByteMs.p95 - sample.direct.firstByteMs.p95;
  return {
    system: name,
    version,
    shape,
    rounds: samples.length,
    perSecond: over(({ perSecond }) => perSecond),
    perSecondPerCore: over(({ perSecondPerCore }) => perSecondPerCore),
    perSecondPerCoreRange: range(samples.map(({ perSecondPerCore }) => perSecondPerCore)),
    arrivalsPerSecond: rates[shape],
    addedP50Ms: over(addedTotal("p50")),
    addedP99Ms: over(addedTotal("p99")),
    addedP99MsRange: range(samples.map(addedTotal("p99"))),
    addedTtftP95Ms: over(addedFirst),
    addedTtftP95MsRange: range(samples.map(addedFirst)),
    directP50Ms: over(({ direct }) => direct.totalMs.p50),
    directP99Ms: over(({ direct }) => direct.totalMs.p99),
    rssMiB: over((sample) => sample.rssMiB),
    failed: samples.reduce((sum, sample) => sum + sample.failed, 0),
  };
}

/** The gateway with a thread for each core of the machine. */
export function wholeMachineRow(shape: Shape, threads: number, rounds: readonly Capacity[]) {
  return {
    system: "sluice",
    shape,
    threads,
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    perSecondRange: range(rounds.map(({ perSecond }) => perSecond)),
    perSecondPerCore: median(rounds.map(({ perSecondPerCore }) => perSecondPerCore)),
    rssMiB: median(rounds.map((one) => one.rssMiB)),
    failed: rounds.reduce((sum, one) => sum + one.failed, 0),
  };
}

export interface Report {
  readonly skipped: readonly string[];
  readonly rows: readonly ReturnType<typeof rowOf>[];
  readonly wholeMachine: readonly ReturnType<typeof wholeMachineRow>[];
}

/** The report in lines for a terminal. */
export function linesOf({ skipped, rows, wholeMachine }: Report): readonly string[] {
  return [
    ...rows.map(
      (row) =>
        `${row.system} ${row.shape}: ${rounded(row.perSecondPerCore)}/s per core (${row.perSecond}/s), added p50 ` +
        `${row.addedP50Ms} ms, p99 ${row.addedP99Ms} ms, first byte p95 ${row.addedTtftP95Ms} ms at ` +
        `${row.arrivalsPerSecond}/s, ${row.rssMiB} MiB, failed ${row.failed}`,
    ),
    ...wholeMachine.map(
      (row) =>
        `sluice ${row.shape}, ${row.threads} threads, the load on one of their cores: ${row.perSecond}/s, ` +
        `${row.perSecondPerCore}/s per core, ${row.rssMiB} MiB, failed ${row.failed}`,
    ),
    ...skipped.map((reason) => `not measured: ${reason}`),
  ];
}
