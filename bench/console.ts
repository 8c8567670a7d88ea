import { once } from "node:events";
import { cpus, platform } from "node:os";
import { join } from "node:path";
import { spawnChild } from "./children.ts";

/**
 * Figures of the console's pages, by `console/test/measure/measure.ts`. On all cores, as a browser has several processes; what
 * started this one has pinned it to the last core.
 */
const pin = platform() === "linux" ? ["taskset", "-c", `0-${cpus().length - 1}`] : [];
const script = join(import.meta.dirname, "../console/test/measure/measure.ts");
const child = spawnChild([...pin, process.execPath, script, ...process.argv.slice(2)], { stdio: "inherit" });
const [code] = await once(child, "exit");
process.exitCode = typeof code === "number" ? code : 1;
