import { resolve } from "node:path";
import { buildAll } from "./build-all.ts";

const project = resolve(import.meta.dirname, "../..");
buildAll(project, (line) => console.error(`sluice: ${line}`)).catch((error: unknown) => {
  console.error(`sluice: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
