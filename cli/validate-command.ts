import { Command } from "commander";
import { idleGpus } from "../domain/replicas.ts";
import { environmentNames, loadEnvironment } from "../environments/load.ts";
import { UserError } from "./terminal/user-error.ts";

/** `sluice validate [name]`: checks environment files without synthesizing them. */
export function validateCommand(print: (text: string) => void): Command {
  return new Command("validate")
    .description("check an environment file, or all of them")
    .argument("[name]", "the environment; default: all environments")
    .action(async (name: string | undefined) => {
      const names = name === undefined ? environmentNames() : [name];
      const failures: string[] = [];
      for (const each of names) {
        try {
          const { pools } = await loadEnvironment(each);
          print(`${each} is valid; it serves ${Object.keys(pools).join(", ")}`);
          for (const [model, pool] of Object.entries(pools)) {
            const idle = idleGpus(pool);
            if (idle) print(`  ${model}: ${idle.text}; ${idle.remedy}.`);
          }
        } catch (error) {
          failures.push(error instanceof Error ? error.message : String(error));
        }
      }
      if (failures.length > 0) throw new UserError(failures.join("\n"));
    });
}
