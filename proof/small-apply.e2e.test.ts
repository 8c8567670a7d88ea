import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, test } from "vitest";
import { type Bench, openWorkshop, startBench, type Workshop } from "./bench.ts";
import { synthesize } from "./prove-environment.ts";
import { inventory, leftOver } from "./read-backs/leftovers.ts";
import { inOrder, needs } from "./stacks/stack-order.ts";
import { StackRun } from "./stacks/stack-run.ts";
import { makeStateStores } from "./stacks/state-store.ts";
import { Children } from "./tools/children.ts";
import { proofCache } from "./tools/machine.ts";
import { MissingTool } from "./tools/missing-tool.ts";

const project = resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "sluice-small-apply-"));
const children = new Children();
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  children.stopAll();
  rmSync(folder, { recursive: true, force: true });
});

/** `npm run prove` does this to every stack, and more; here it is the smallest two that hold each other. */
test("data and network are applied by OpenTofu, plan nothing more, and leave nothing when destroyed", {
  timeout: 500_000, // the first time, the emulators are installed
}, async (context) => {
  const machine = { variables: process.env, cache: proofCache(process.env), children, report: () => {} };
  const workshop = await openWorkshop(machine).catch((error: unknown) => error);
  if (workshop instanceof MissingTool) return context.skip(workshop.message);
  if (workshop instanceof Error) throw workshop;
  const here = await startBench(workshop as Workshop, folder);
  bench = here;
  const { url, unanswered } = here.frontDoor;

  const stacks = await synthesize(project, "dev", ["network", "data"], join(folder, "synth"));
  expect(stacks.map(({ name }) => name)).toEqual(["dev-data", "dev-network"]);
  await makeStateStores(url, stacks);
  const before = await inventory(url);
  const runs = stacks.map((stack) => new StackRun(here, stack));
  const waitsFor = (run: StackRun) => needs(run.stack, stacks);
  await inOrder(runs, waitsFor, 2, async (run) => {
    await run.init();
    await run.apply();
    await run.expectClean("after its apply");
  });
  expect(leftOver(before, await inventory(url))).toContain("table sluice-dev-keys");
  await inOrder(
    runs.toReversed(),
    (run) => runs.filter((each) => waitsFor(each).includes(run.name)).map(({ name }) => name),
    2,
    (run) => run.destroy(),
  );
  expect(leftOver(before, await inventory(url))).toEqual([]);
  expect([...unanswered]).toEqual([]);
});
