import { join, resolve } from "node:path";
import { buildAll } from "../../local/setup/build-all.ts";
import { Children } from "../tools/children.ts";
import { acceptanceCache } from "../tools/machine.ts";
import { compareSynthesis } from "./compare-synthesis.ts";
import { EXPECTED_DIFFERENCES, unexpectedDifferences } from "./differences.ts";

/** `npm run cdktn`: synthesizes every environment with cdktf and with cdktn, and prints what differs. */
const project = resolve(import.meta.dirname, "../..");
const children = new Children();
process.on("exit", () => children.stopAll());
const report = (line: string) => console.log(line);

await buildAll(project, report);
const cache = join(acceptanceCache(process.env), "../cdktn");
const compared = await compareSynthesis(project, { variables: process.env, cache, children, report });
const unexpected = unexpectedDifferences(compared.differences);
report(
  `${compared.environments.join(" and ")}: ${compared.stacks} stacks with ${compared.resources} resources, ` +
    `${compared.differences.length} differences, ${unexpected.length} of them unexpected`,
);
for (const { path, before, after, reason } of EXPECTED_DIFFERENCES)
  report(`  ${path.source}: ${JSON.stringify(before)} → ${JSON.stringify(after)} (${reason})`);
for (const line of unexpected) report(`  ${line}`);
if (compared.typeErrors !== "") report(compared.typeErrors);
process.exitCode = unexpected.length > 0 || compared.typeErrors !== "" ? 1 : 0;
