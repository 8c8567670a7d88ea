import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../children.ts";
import { startControlStack } from "../control-api/control-stack.ts";
import { loadAverage, machine } from "../machine.ts";
import { usagePages } from "./usage-pages.ts";
import { writeUsageRows } from "./usage-rows.ts";

/**
 * Time of the first page of usage and costs in the local stack, whose table of usage has 11 million stored sums, which are written into its files before it starts.
 * `node bench/large-lists/large-usage.ts [rounds] [share] [folder]` writes bench/results/large-usage.json; `share` is that of the 11 million. A folder stays, and a further run with it has its rows.
 */
const [rounds = 50, share = 1] = process.argv.slice(2, 4).map(Number);
const folder = process.argv[4] ?? temporaryFolder("sluice-bench-data-");
const rowsFile = join(folder, "usage-rows.json");
if (!existsSync(rowsFile)) {
  const rows = await writeUsageRows(join(folder, "data", "dev"), "dev", share);
  writeFileSync(rowsFile, JSON.stringify(rows));
}
const rows: unknown = JSON.parse(readFileSync(rowsFile, "utf8"));
const stack = await startControlStack(folder);
try {
  const report = {
    command: `node bench/large-lists/large-usage.ts ${rounds} ${share}`,
    machine: machine(),
    loadAverage: loadAverage(),
    unit: "milliseconds",
    rows,
    pages: await usagePages(stack.call, rounds),
  };
  writeFileSync(join(import.meta.dirname, "../results/large-usage.json"), `${JSON.stringify(report, null, 2)}\n`);
  console.log(JSON.stringify(report, null, 2));
} finally {
  await stack.stop();
}
