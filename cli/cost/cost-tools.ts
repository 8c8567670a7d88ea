import { join, resolve } from "node:path";
import { environmentNames, loadEnvironment } from "../../environments/load.ts";
import { outputFolder } from "../../local/folders.ts";
import { readStacks, type Stack } from "../../local/template/stacks.ts";
import type { CostTools } from "../cost-command.ts";
import { UserError } from "../user-error.ts";
import { environmentAtCommit } from "./environment-at-commit.ts";
import { infracostSource, writeInfracostFiles } from "./infracost-files.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

/** The environments of this clone, now and at its commits. */
export function costTools(print: (text: string) => void): CostTools {
  return {
    print,
    environmentNames,
    environment: loadEnvironment,
    environmentAt: (commit, name) => environmentAtCommit(PROJECT, commit, name),
    exportForInfracost: () => exportForInfracost(outputFolder(process.env)),
  };
}

async function exportForInfracost(synthesized: string): Promise<string> {
  const folder = join(synthesized, "infracost");
  const sources = await Promise.all(
    environmentNames().map(async (name) => {
      const { region } = await loadEnvironment(name);
      const documents = Object.fromEntries(stacksOf(synthesized, name).map((stack) => [stack.name, stack.document]));
      return [name, infracostSource(region, documents)] as const;
    }),
  );
  writeInfracostFiles(folder, Object.fromEntries(sources));
  return `Written: ${sources.map(([name]) => join(folder, name, "main.tf")).join(", ")}`;
}

function stacksOf(synthesized: string, environment: string): readonly Stack[] {
  try {
    return readStacks(synthesized, environment);
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)} Run \`npm run synth\`.`);
  }
}
