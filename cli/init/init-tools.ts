import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environmentsFolder } from "../../environments/load.ts";
import { IS_PACKAGE, OWN_FOLDER, repositoryFolder } from "../../lib/installation.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import type { InitTools } from "./init-command.ts";
import { writeMissingFiles } from "./repository-files.ts";
import type { PackageFacts } from "./repository-manifest.ts";

/** What `init` works with: in a checkout its environments, with the package the user's repository. */
export function initTools(operator: OperatorTools): InitTools {
  const tools = { ...operator, environmentsFolder: environmentsFolder() };
  if (!IS_PACKAGE) return tools;
  const facts: PackageFacts = JSON.parse(readFileSync(join(OWN_FOLDER, "package.json"), "utf8"));
  const templates = join(import.meta.dirname, "repository");
  return {
    ...tools,
    source: "sluice",
    writeMissingFiles: () => writeMissingFiles(repositoryFolder(), templates, facts),
  };
}
