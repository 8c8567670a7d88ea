import { resolve } from "node:path";
import { buildAll } from "./build-all.ts";
import { runStep } from "./run-step.ts";

const project = resolve(import.meta.dirname, "../..");
try {
  // The stacks read the bundles that they deploy: a fresh clone has none.
  await buildAll(project, (line) => console.error(`sluice: ${line}`));
  process.stdout.write(await runStep(project, "stacks/main.ts"));
} catch (error) {
  console.error(`sluice: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
