import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { afterAll, afterEach, expect, test } from "vitest";
import dev from "../environments/dev.ts";
import { validateEnvironment } from "../environments/validate.ts";
import { synthesizeEnvironment } from "../stacks/environment-stacks.ts";
import { builtAssets } from "../test-support/built-assets.ts";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
import { type Bench, openWorkshop, startBench, type Workshop } from "./bench.ts";
import { look } from "./prove-environment.ts";
import { inventory, leftOver } from "./read-backs/leftovers.ts";
import { READ_BACKS } from "./read-backs/table.ts";
import { readEveryStack } from "./stacks/read-stacks.ts";
import { choose, inOrder, needs } from "./stacks/stack-order.ts";
import { StackRun } from "./stacks/stack-run.ts";
import { makeStateStores } from "./stacks/state-store.ts";
import { Children } from "./tools/children.ts";
import { proofCache } from "./tools/machine.ts";
import { MissingTool } from "./tools/missing-tool.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-small-apply-"));
const children = new Children();
let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  children.stopAll();
  rmSync(folder, { recursive: true, force: true });
});

/** dev with what its file does not ask for: a provider outside AWS, and with it NAT gateways. */
const variant = { ...dev, providers: { example: OUTSIDE_PROVIDER } };
const assets = builtAssets();
afterAll(() => assets.remove());

/** `npm run prove` does this to every stack, and more; here it is the smallest two that hold each other. */
test("data and network, with a way out, are applied by OpenTofu, plan nothing more, and leave nothing when destroyed", {
  timeout: 500_000, // the first time, the emulators are installed
}, async (context) => {
  const machine = { variables: process.env, cache: proofCache(process.env), children, report: () => {} };
  const workshop = await openWorkshop(machine).catch((error: unknown) => error);
  if (workshop instanceof MissingTool) return context.skip(workshop.message);
  if (workshop instanceof Error) throw workshop;
  const here = await startBench(workshop as Workshop, folder);
  bench = here;
  const { url, unanswered } = here.frontDoor;

  const app = new App({ outdir: join(folder, "synth"), stackTraces: false });
  synthesizeEnvironment(app, validateEnvironment(variant, "environments/dev.ts"), assets);
  app.synth();
  const stacks = choose(readEveryStack(join(folder, "synth")), "dev", ["network", "data"]);
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
  const network = runs.find(({ name }) => name === "dev-network");
  const claims = READ_BACKS.network ?? [];
  expect(claims.length).toBeGreaterThan(0);
  if (network === undefined) throw new Error("there is no network stack");
  const applied = await look(network, url);
  expect(Object.keys(applied.attributes).filter((address) => address.startsWith("aws_nat_gateway."))).toHaveLength(1);
  for (const { check } of claims) await check(applied);
  await inOrder(
    runs.toReversed(),
    (run) => runs.filter((each) => waitsFor(each).includes(run.name)).map(({ name }) => name),
    2,
    (run) => run.destroy(),
  );
  expect(leftOver(before, await inventory(url))).toEqual([]);
  expect([...unanswered]).toEqual([]);
});
