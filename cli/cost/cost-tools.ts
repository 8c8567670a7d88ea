import { join } from "node:path";
import { environmentNames, loadEnvironment } from "../../environments/load.ts";
import { repositoryFolder } from "../../lib/installation.ts";
import { outputFolder } from "../../local/folders.ts";
import type { CostTools } from "./cost-command.ts";
import { environmentAtCommit } from "./environment-at-commit.ts";
import { infracostSource, synthesizedDocuments, writeInfracostFiles } from "./infracost-files.ts";

/** The environments of this clone, now and at its commits. */
export function costTools(print: (text: string) => void): CostTools {
  return {
    print,
    environmentNames,
    environment: loadEnvironment,
    environmentAt: (commit, name) => environmentAtCommit(repositoryFolder(), commit, name),
    exportForInfracost: () => exportForInfracost(outputFolder(process.env)),
  };
}

async function exportForInfracost(synthesized: string): Promise<string> {
  const folder = join(synthesized, "infracost");
  const sources = await Promise.all(
    environmentNames().map(async (name) => {
      const { region } = await loadEnvironment(name);
      return [name, infracostSource(region, synthesizedDocuments(synthesized, name))] as const;
    }),
  );
  writeInfracostFiles(folder, Object.fromEntries(sources));
  return `Written: ${sources.map(([name]) => join(folder, name, "main.tf")).join(", ")}`;
}
