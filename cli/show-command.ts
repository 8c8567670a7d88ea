import { Command } from "commander";
import { loadResolvedEnvironment } from "../environments/load.ts";
import { type ListedSetting, settingsList } from "../environments/settings-list.ts";
import { textTable } from "./terminal/text-table.ts";
import { UserError } from "./terminal/user-error.ts";

/** `sluice show`: all settings of an environment, and where each value comes from. */
export function showCommand(print: (text: string) => void): Command {
  return new Command("show")
    .description(
      "print every setting of an environment: its value, and whether the file has it or why it is the default",
    )
    .requiredOption("--environment <name>", "the environment, or the path of its file")
    .option("--defaults", "only the settings that the file leaves out")
    .option("--json", "print a JSON list with path, value and the reason of a default")
    .action(async ({ environment, defaults, json }: ShowOptions) => {
      const resolved = await loadResolvedEnvironment(environment).catch((error: unknown) => {
        throw new UserError(error instanceof Error ? error.message : String(error));
      });
      const settings = settingsList(resolved).filter(({ reason }) => !defaults || reason !== undefined);
      print(json ? JSON.stringify(settings, null, 2) : settingsText(settings));
    });
}

interface ShowOptions {
  readonly environment: string;
  readonly defaults?: true;
  readonly json?: true;
}

function settingsText(settings: readonly ListedSetting[]): string {
  const rows = settings.map(({ path, value, reason }) => [
    path,
    JSON.stringify(value),
    reason === undefined ? "the file" : `default: ${reason}`,
  ]);
  return textTable([["setting", "value", "from"], ...rows]);
}
