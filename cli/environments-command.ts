import { Command } from "commander";

/** `sluice environments`: names of the environment files, for scripts and workflows. */
export function environmentsCommand(print: (text: string) => void, names: () => readonly string[]): Command {
  return new Command("environments")
    .description("print the names of the environments, one for each file")
    .option("--json", "print them as a JSON list on one line")
    .action(({ json }: { readonly json?: true }) => print(json ? JSON.stringify(names()) : names().join("\n")));
}
