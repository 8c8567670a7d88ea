import { buildAll } from "./build-all.ts";

const project = new URL("../..", import.meta.url).pathname;
buildAll(project, (line) => console.error(`sluice: ${line}`)).catch((error: unknown) => {
  console.error(`sluice: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
