import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readStacks } from "../local/template/stacks.ts";
import { type Bench, startBench } from "./bench.ts";
import { choose, inOrder, needs } from "./stacks/stack-order.ts";
import { StackRun } from "./stacks/stack-run.ts";
import { makeStateStores } from "./stacks/state-store.ts";
import { Children } from "./tools/children.ts";
import { proofCache } from "./tools/machine.ts";
import { readOptions } from "./options.ts";

const options = readOptions(process.argv.slice(2));
const children = new Children();
const folder = mkdtempSync(join(tmpdir(), "sluice-proof-"));
const started = Date.now();
const report = (line: string) => console.log(`proof ${Math.round((Date.now() - started) / 1000)} s: ${line}`);
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => { children.stopAll(); process.exit(130); });
const bench = await startBench({ variables: process.env, cache: proofCache(process.env), children, report }, folder);
report(`up at ${bench.frontDoor.url}, ${folder}`);
try {
  const name = options.environment ?? "dev";
  const stacks = choose(readStacks(process.env.SYNTH ?? "", name), name, options.stacks);
  await makeStateStores(bench.frontDoor.url, stacks);
  const runs = stacks.map((stack) => new StackRun(bench, stack));
  await inOrder(runs, (run) => needs(run.stack, stacks), 2, async (run) => {
    report(`${run.name}: init`);
    await run.init();
    await run.apply();
    report(`${run.name}: applied`);
    await run.expectClean("after apply");
    report(`${run.name}: clean`);
  }).catch((e) => console.error(e.message));
  if (options.keeps) await new Promise(() => {setInterval(()=>{}, 1000)});
} finally {
  console.log([...bench.frontDoor.unanswered]);
  await bench.stop();
}
