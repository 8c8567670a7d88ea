import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environmentNames } from "../../environments/load.ts";
import { runStep } from "../../local/setup/run-step.ts";
import { readEveryStack } from "../stacks/read-stacks.ts";
import type { Machine } from "../tools/machine.ts";
import { type Difference, differences } from "./differences.ts";
import { installCdktn } from "./packages.ts";
import { portSources } from "./ported-sources.ts";

export interface SynthesisComparison {
  readonly environments: readonly string[];
  /** Number of stacks and of resources that were compared. */
  readonly stacks: number;
  readonly resources: number;
  readonly differences: readonly Difference[];
  /** The type checker's messages about the sources with cdktn's imports; empty when they are sound. */
  readonly typeErrors: string;
}

/**
 * Synthesizes every environment with cdktf and, from a copy with changed imports, with cdktn.
 * @throws MissingTool when cdktn can't be installed
 */
export async function compareSynthesis(project: string, machine: Machine): Promise<SynthesisComparison> {
  const packages = await installCdktn(machine);
  const folder = mkdtempSync(join(tmpdir(), "sluice-cdktn-"));
  try {
    const copy = join(folder, "sources");
    portSources(project, copy, packages);
    const [before, after, typeErrors] = await Promise.all([
      synthesized(project, join(folder, "cdktf.out")),
      synthesized(copy, join(folder, "cdktn.out")),
      typeErrorsOf(project, copy),
    ]);
    const names = [...new Set([...before.keys(), ...after.keys()])].sort();
    return {
      environments: environmentNames(),
      stacks: before.size,
      resources: [...before.values()].reduce((count, { resources }) => count + resources, 0),
      differences: names.flatMap((name) => differences(name, before.get(name)?.document, after.get(name)?.document)),
      typeErrors,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function synthesized(project: string, outputFolder: string) {
  await runStep(project, "stacks/main.ts", { environment: { CDKTF_OUTDIR: outputFolder } });
  return new Map(
    readEveryStack(outputFolder).map(({ name, document }) => {
      const types = Object.values(document.resource ?? {});
      const resources = types.reduce((count: number, byName) => count + Object.keys(byName ?? {}).length, 0);
      return [name, { document, resources }] as const;
    }),
  );
}

async function typeErrorsOf(project: string, copy: string): Promise<string> {
  const compiler = join(project, "node_modules/typescript/bin/tsc");
  const args = ["--noEmit", "-p", copy, "--typeRoots", join(project, "node_modules/@types")];
  return runStep(copy, compiler, { args }).then(
    () => "",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
