import { spawn } from "node:child_process";
import { constants } from "node:os";
import { Command } from "commander";
import { OWN_FOLDER, ownScript, repositoryFolder } from "../lib/installation.ts";
import { buildAll } from "../local/setup/build-all.ts";
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
      const child = spawn(process.execPath, [ownScript("local/start.ts"), ...args], {
        cwd: repositoryFolder(),
        stdio: "inherit",
      });
      // Ctrl-C reaches the child by itself; a signal to this process alone must be passed on.
      process.on("SIGINT", () => {});
      for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
      finish(
        await new Promise<number>((resolve, reject) => {
          child.on("error", reject);
          child.on("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
        }),
      );
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
