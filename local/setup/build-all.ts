import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { IS_PACKAGE } from "../../lib/installation.ts";
import { runStep } from "./run-step.ts";

interface BuildStep {
  readonly name: string;
  readonly script: string;
  /** Files and folders whose content decides whether the last build is current. */
  readonly sources: readonly string[];
  /** What must be there after the build. */
  readonly product: string;
}

export const BUILD_STEPS: readonly BuildStep[] = [
  {
    name: "Lambda bundles",
    script: "lambdas/build.ts",
    sources: ["lambdas", "domain", "contracts", "catalog", "lib", "package-lock.json"],
    product: "dist/lambdas",
  },
  {
    name: "gateway",
    script: "gateway/build.ts",
    sources: ["gateway", "domain", "contracts", "catalog", "lib", "package-lock.json"],
    product: "dist/gateway/server.mjs",
  },
  {
    name: "demo page",
    script: "demo-site/build.ts",
    sources: ["demo-site", "ui", "contracts", "lib", "docs", "package-lock.json"],
    product: "dist/site/index.html",
  },
  {
    name: "console",
    script: "console/build.ts",
    sources: ["console", "ui", "contracts", "lib", "package-lock.json"],
    product: "dist/console/index.html",
  },
];

/** Builds what the stacks deploy, when its sources changed since the last build. The package has it already. */
export async function buildAll(project: string, report: (line: string) => void): Promise<void> {
  if (IS_PACKAGE) return;
  for (const step of BUILD_STEPS) {
    const stamp = join(project, "dist", ".stamps", step.name.replaceAll(" ", "-"));
    const hash = hashSources(project, step.sources);
    const isCurrent =
      existsSync(join(project, step.product)) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
    if (isCurrent) continue;
    report(`building the ${step.name} …`);
    // A build that fails half-way leaves a product that no earlier stamp vouches for.
    rmSync(stamp, { force: true });
    await runStep(project, step.script);
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, hash);
  }
}

function hashSources(project: string, sources: readonly string[]): string {
  const hash = createHash("sha256");
  for (const source of sources)
    for (const file of filesUnder(project, source)) {
      hash
        .update(`${file}\0`)
        .update(readFileSync(join(project, file)))
        .update("\0");
    }
  return hash.digest("hex");
}

function filesUnder(project: string, path: string): readonly string[] {
  if (statSync(join(project, path)).isFile()) return [path];
  return readdirSync(join(project, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes(".test."))
    .map((entry) => relative(project, join(entry.parentPath, entry.name)))
    .sort();
}
