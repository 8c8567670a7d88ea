import { Command } from "commander";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { UserError } from "./terminal/user-error.ts";

/** `sluice validate [name]`: checks environment files without synthesizing. */
export function validateCommand(print: (text: string) => void): Command {
  return new Command("validate")
    .description("check one environment file, or all")
    .argument("[name]", "environment; all when left out")
    .action(async (name: string | undefined) => {
      const names = name === undefined ? environmentNames() : [name];
      const failures: string[] = [];
      for (const each of names) {
        try {
          const { pools } = await loadEnvironment(each);
          print(`${each}: valid, serves ${Object.keys(pools).join(", ")}`);
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
        }
      }
      if (failures.length > 0) throw new UserError(failures.join("\n"));
    });
}
