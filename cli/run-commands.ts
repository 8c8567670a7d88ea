import { Command } from "commander";
import { OWN_FOLDER, ownScript, repositoryFolder } from "../lib/installation.ts";
import { buildAll } from "../local/setup/build-all.ts";
import { runChild } from "../local/setup/run-child.mjs";
import { runStep } from "../local/setup/run-step.ts";
import { UserError } from "./terminal/user-error.ts";

/** `sluice start`: runs the local stack, with the options of `npm start`. */
export function startCommand(finish: (code: number) => void): Command {
  return new Command("start")
    .description("run an environment on this machine, with a real model; --help for its options")
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .passThroughOptions()
    .action(async (_options: object, { args }: Command) => {
      finish(await runChild(process.execPath, [ownScript("local/start.ts"), ...args], { cwd: repositoryFolder() }));
    });
}

/** `sluice synth`: writes the OpenTofu of all environments, or of one, for `cdktf` and other tools. */
export function synthCommand(print: (text: string) => void): Command {
  return new Command("synth")
    .description("write the OpenTofu of every environment to cdktf.out")
    .option("--environment <name>", "only this environment, or the path of its file")
    .action(async ({ environment }: { readonly environment?: string }) => {
      try {
        await buildAll(OWN_FOLDER, (line) => console.error(`sluice: ${line}`));
        const only = environment === undefined ? {} : { SLUICE_ENVIRONMENT: environment };
        const output = await runStep(repositoryFolder(), ownScript("stacks/main.ts"), { environment: only });
        if (output.trim() !== "") print(output.trimEnd());
      } catch (error) {
        throw new UserError(error instanceof Error ? error.message : String(error));
      }
    });
}
