import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { environmentNames } from "../environments/load.ts";
import { buildAll } from "../local/setup/build-all.ts";
import { openWorkshop, startBench, type Workshop } from "./bench.ts";
import { EXCUSES } from "./excused.ts";
import { type ProofOptions, readOptions } from "./options.ts";
import { type ProvenStack, proveEnvironment, synthesize } from "./prove-environment.ts";
import { Children } from "./tools/children.ts";
import { proofCache } from "./tools/machine.ts";
import { MissingTool } from "./tools/missing-tool.ts";

/** `npm run prove [-- --environment dev] [--stacks network,data] [--keep]`: applies everything to an AWS on this machine. */
const project = resolve(import.meta.dirname, "..");
const started = performance.now();
const seconds = () => Math.round((performance.now() - started) / 1000);
const report = (line: string) => console.log(`proof: ${String(seconds()).padStart(4)} s  ${line}`);
const children = new Children();
process.on("exit", () => children.stopAll());
const folder = mkdtempSync(join(tmpdir(), "sluice-proof-"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    children.stopAll();
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  const machine = { variables: process.env, cache: proofCache(process.env), children, report };
  const workshop = await openWorkshop(machine);
  await buildAll(project, report);
  const environments = options.environment ? [options.environment] : environmentNames();
  // Side by side: most of an apply is the provider's waiting. Each has an AWS of its own, as it has an account.
  const results = await Promise.all(environments.map((environment) => proveOne(workshop, environment, options)));
  const proven = results.flat();
  for (const {
    name,
    resources,
    seconds: { apply, update, destroy },
  } of proven)
    console.log(`proof: ${name}: ${resources} resources, apply ${apply} s, update ${update} s, destroy ${destroy} s`);
  for (const { what, why, coveredBy } of EXCUSES) console.log(`excused: ${what}: ${why}; covered by ${coveredBy}`);
  const resources = proven.reduce((sum, stack) => sum + stack.resources, 0);
  console.log(
    `proof: ${proven.length} stacks, ${resources} resources, applied, updated, clean, destroyed in ${seconds()} s; excused: ${EXCUSES.length}`,
  );
  rmSync(folder, { recursive: true, force: true });
} catch (error) {
  if (error instanceof MissingTool) {
    console.log(`skipped: the apply proof: ${error.message}`);
    rmSync(folder, { recursive: true, force: true });
  } else {
    console.error(`proof: ${error instanceof Error ? error.message : error}\nproof: failed; logs are in ${folder}`);
    process.exitCode = 1;
  }
}
children.stopAll();
process.exit();

async function proveOne(
  workshop: Workshop,
  environment: string,
  { stacks: names, keeps }: ProofOptions,
): Promise<readonly ProvenStack[]> {
  const own = join(folder, environment);
  const bench = await startBench(workshop, own);
  report(`AWS for ${environment}: ${bench.frontDoor.url}, its calls in ${join(own, "calls.log")}`);
  const stacks = await synthesize(project, environment, names, own);
  const proven = await proveEnvironment({ environment, stacks, bench, report }, keeps ? untilInterrupted : undefined);
  await bench.stop();
  const unanswered = [...bench.frontDoor.unanswered];
  if (unanswered.length > 0)
    throw new Error(
      `No one answered ${unanswered.join(", ")}; add an amendment in proof/amendments/ (and to excused.ts when it only echoes).`,
    );
  return proven;
}

/** For `--keep`: everything stays up until Ctrl-C. */
async function untilInterrupted(): Promise<void> {
  report("everything is up; Ctrl-C ends it");
  await new Promise(() => {
    setInterval(() => {}, 60_000); // keeps the process alive
  });
}
