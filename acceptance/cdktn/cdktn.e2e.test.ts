import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildAll } from "../../local/setup/build-all.ts";
import { Children } from "../tools/children.ts";
import { acceptanceCache } from "../tools/machine.ts";
import { MissingTool } from "../tools/missing-tool.ts";
import { compareSynthesis, type SynthesisComparison } from "./compare-synthesis.ts";
import { unexpectedDifferences } from "./differences.ts";

const project = resolve(import.meta.dirname, "../..");
const children = new Children();
let comparison: SynthesisComparison | MissingTool;

beforeAll(async () => {
  await buildAll(project, () => {});
  const cache = join(acceptanceCache(process.env), "../cdktn");
  const machine = { variables: process.env, cache, children, report: () => {} };
  comparison = await compareSynthesis(project, machine).catch((error: unknown) => {
    if (error instanceof MissingTool) return error;
    throw error;
  });
}, 300_000); // the first time, 480 MB of packages are installed
afterAll(() => children.stopAll());

// documented: cdktn-same-resources
test("cdktn synthesizes the same resources with the same arguments as cdktf, but for the listed differences", ({
  skip,
}) => {
  if (comparison instanceof MissingTool) return skip(comparison.message);
  expect(comparison.environments).toEqual(expect.arrayContaining(["dev", "prod"]));
  expect(comparison.stacks).toBe(7 * comparison.environments.length);
  expect(comparison.resources).toBeGreaterThan(150 * comparison.environments.length); // they were really compared
  expect(unexpectedDifferences(comparison.differences)).toEqual([]);
});

test("the sources are sound against the types of cdktn and its AWS provider", ({ skip }) => {
  if (comparison instanceof MissingTool) return skip(comparison.message);
  expect(comparison.typeErrors).toBe("");
});
