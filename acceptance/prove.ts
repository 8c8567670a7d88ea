import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { buildAll } from "../local/setup/build-all.ts";
import type { Environment } from "../settings/environment.ts";
import { DECLARED_VALUE_ASSERTIONS } from "./assertions/table.ts";
import { KNOWN_GAPS } from "./known-gaps.ts";
import { cdktfRunbook } from "./operator/cdktf-runbook.ts";
import { Clone } from "./operator/clone.ts";
import { Operator } from "./operator/operator.ts";
import { protectedRunbook } from "./operator/protected-runbook.ts";
import { type Runbook, runbook } from "./operator/runbook.ts";
import { type AcceptanceOptions, type Part, readOptions } from "./options.ts";
import {
  joined,
  linesOfRun,
  linesWithout,
  type RecordedRequests,
  readRecord,
  recordedEnvironment,
  writeRecord,
} from "./permissions/recorded-requests.ts";
import { type ProvenStack, proveEnvironment, synthesize } from "./prove-environment.ts";
import { oneByOne } from "./stacks/stack-order.ts";
import { openWorkshop, startTestbed, type Testbed, type Workshop } from "./testbed.ts";
import { type Cdktf, installCdktf } from "./tools/cdktf.ts";
import { Children } from "./tools/children.ts";
import { acceptanceCache } from "./tools/machine.ts";
import { MissingTool } from "./tools/missing-tool.ts";
import { platformName } from "./tools/provider.ts";

/**
 * `npm run prove [-- --environment dev] [--part operator] [--stacks network,data] [--keep]`: applies all stacks to AWS emulators
 * on this machine, and repeats that by the operator's commands and by cdktf's.
 */
const project = resolve(import.meta.dirname, "..");
/** Environment of options that no shipped one has. */
const EVERYTHING = "acceptance/environments/everything.ts";
const started = performance.now();
const secondsSince = (then: number) => Math.round((performance.now() - then) / 1000);
const seconds = () => secondsSince(started);
const report = (line: string) => console.log(`acceptance: ${String(seconds()).padStart(4)} s  ${line}`);
const children = new Children();
process.on("exit", () => children.stopAll());
const folder = mkdtempSync(join(tmpdir(), "sluice-acceptance-"));
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    children.stopAll();
    rmSync(folder, { recursive: true, force: true });
    process.exit(130);
  });
}

try {
  const options = readOptions(process.argv.slice(2));
  const machine = { variables: process.env, cache: acceptanceCache(process.env), children, report };
  const workshop = await openWorkshop(machine);
  await buildAll(project, report);
  const names = options.environment ? [options.environment] : [...environmentNames(), EVERYTHING];
  const environments = await Promise.all(
    names.map(async (file) => ({ file, environment: await loadEnvironment(file) })),
  );
  // An operator can't deploy a selection of stacks as an environment.
  const has = (part: Part) => (options.part ?? part) === part && (part === "stacks" || options.stacks.length === 0);
  // In parallel: an apply mostly waits for the provider. Each has emulators of its own, like an account of its own.
  const parts = environments.flatMap(({ file, environment }): readonly Promise<EnvironmentRun | undefined>[] => {
    const { name, deletionProtection } = environment;
    const isShipped = environmentNames().includes(file);
    return [
      ...(has("stacks") ? [proveOne(workshop, file, environment, options)] : []),
      // The whole runbook where an environment may be destroyed, a part where it is protected.
      ...(isShipped && has("operator")
        ? [operate(workshop, name, "sluice", deletionProtection ? protectedRunbook : runbook)]
        : []),
      ...(isShipped && has("cdktf") && !deletionProtection ? [operateCdktf(workshop, name)] : []),
    ];
  });
  const runs = (await allOf(parts)).filter((run) => run !== undefined);
  compareWithRecord(
    runs.map(({ requests }) => requests),
    options,
  );
  const proven = runs.flatMap(({ stacks }) => stacks);
  for (const {
    name,
    resources,
    seconds: { apply, update, destroy },
  } of proven)
    console.log(
      `acceptance: ${name}: ${resources} resources, apply ${apply} s, update ${update} s, destroy ${destroy} s`,
    );
  for (const { what, why, coveredBy } of KNOWN_GAPS) console.log(`known gap: ${what}: ${why}; covered by ${coveredBy}`);
  const resources = proven.reduce((sum, stack) => sum + stack.resources, 0);
  console.log(
    `acceptance: ${proven.length} stacks, ${resources} resources, applied, updated, clean, destroyed in ${seconds()} s; known gaps: ${KNOWN_GAPS.length}`,
  );
  rmSync(folder, { recursive: true, force: true });
} catch (error) {
  if (error instanceof MissingTool) {
    console.log(`skipped: the acceptance run: ${error.message}`);
    rmSync(folder, { recursive: true, force: true });
  } else {
    console.error(`acceptance: ${error instanceof Error ? error.message : error}
acceptance: failed; logs are in ${folder}`);
    process.exitCode = 1;
  }
}
children.stopAll();
process.exit();

function firstLine(error: unknown): string {
  return String(error instanceof Error ? error.message : error).split("\n")[0] ?? "";
}

/**
 * Waits for every part, also when one fails, so that all failures are reported.
 * @throws with the messages of all failures
 */
async function allOf<T>(parts: readonly Promise<T>[]): Promise<readonly T[]> {
  for (const part of parts) part.catch((error: unknown) => report(`a part failed: ${firstLine(error)}`));
  const results = await Promise.allSettled(parts);
  const failures = results.flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (failures.length > 0)
    throw new Error(failures.map((error) => (error instanceof Error ? error.message : String(error))).join("\n"));
  return results.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
}

interface EnvironmentRun {
  readonly stacks: readonly ProvenStack[];
  readonly requests: RecordedRequests;
}

/** @param file name or file of the environment */
async function proveOne(
  workshop: Workshop,
  file: string,
  environment: Environment,
  { stacks: names, keeps }: AcceptanceOptions,
): Promise<EnvironmentRun> {
  const { name, region } = environment;
  const own = join(folder, name);
  const testbed = await startTestbed(workshop, own, region);
  const { url } = testbed.awsProxy;
  report(`AWS for ${name}: ${url}, its calls in ${join(own, "calls.log")}`);
  const stacks = await synthesize(project, file, names, own);
  const steps = {
    ...{ environment: name, stacks, testbed, report },
    ...(environmentNames().includes(file) ? {} : { assertions: DECLARED_VALUE_ASSERTIONS }),
  };
  const proven = await proveEnvironment(steps, keeps ? untilInterrupted : undefined);
  await close(testbed);
  return { stacks: proven, requests: linesOfRun(testbed.requests, recordedEnvironment(environment)) };
}

/**
 * Writes the record of requests (`--record`), or compares it with the runs.
 * @throws when IAM would decide about a request that the record lacks
 */
function compareWithRecord(runs: readonly RecordedRequests[], { records }: AcceptanceOptions): void {
  const now = joined(runs);
  const record = readRecord();
  if (records) return writeRecord(joined([record, now]));
  const missing = linesWithout(now, record);
  if (missing.length > 0)
    throw new Error(
      `acceptance/permissions/recorded-requests.json lacks ${missing.length} requests of this run; add them with --record, ` +
        `and run its test:\n${missing.join("\n")}`,
    );
}

/** Runs an operator's commands on emulators of their own. */
async function operate(
  workshop: Workshop,
  environment: string,
  name: string,
  steps: (runbook: Runbook) => Promise<void>,
): Promise<undefined> {
  const began = performance.now();
  const own = join(folder, `${environment}-${name}`);
  const { state, region } = await loadEnvironment(environment);
  const testbed = await startTestbed(workshop, own, region);
  const clone = new Clone(project, join(own, "clone"));
  const stacks = oneByOne(await synthesize(project, environment, [], join(own, "synth")));
  const operator = new Operator({ project: clone.folder, environment, testbed, children });
  // The testbed's provider is another version than the committed one.
  await operator.run("lock", ["--platform", platformName(), "--mirror", testbed.tofu.mirror], {
    says: [/environments\/tofu\.lock\.hcl is written: hashicorp\/aws/],
  });
  await steps({
    environment,
    operator,
    clone,
    testbed,
    state,
    stacks: stacks.filter((stack) => stack !== `${environment}-bootstrap`),
    report: (line: string) => report(`${name} ${line}`),
  });
  await close(testbed);
  report(`${name} ${environment}: the commands had the documented results, in ${secondsSince(began)} s`);
  return undefined;
}

/** Without cdktf, prints that this part is skipped. */
async function operateCdktf(workshop: Workshop, environment: string): Promise<undefined> {
  let cdktf: Cdktf;
  try {
    cdktf = await installCdktf(workshop.machine);
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error;
    console.log(`skipped: the deployment by cdktf's own command: ${error.message}`);
    return undefined;
  }
  return operate(workshop, environment, "cdktf", (runbook) => cdktfRunbook(cdktf, runbook));
}

/** @throws when a call was made that neither an emulator nor a patch supports */
async function close(testbed: Testbed): Promise<void> {
  await testbed.stop();
  const { problems } = testbed.requests;
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const unsupported = [...testbed.awsProxy.unsupported];
  if (unsupported.length > 0)
    throw new Error(
      `No patch or emulator supports ${unsupported.join(", ")}; add a patch in acceptance/emulator-patches/ (and to known-gaps.ts when it only echoes).`,
    );
}

/** For `--keep`: everything stays up until Ctrl-C. */
async function untilInterrupted(): Promise<void> {
  report("everything is up; Ctrl-C ends it");
  await new Promise(() => {
    setInterval(() => {}, 60_000); // keeps the process alive
  });
}
