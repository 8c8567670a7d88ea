import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type PackageFacts, repositoryManifest } from "./repository-manifest.ts";

/** npm leaves files such as `.gitignore` out of packages: `dot-gitignore` stands for it. */
const STANDS_FOR_DOT = /(^|\/)dot-/g;

/**
 * Writes what a repository with environments needs and does not have yet: `package.json`, `cdktf.json`, workflows, README.
 * @param templates the folder of the files that are the same in every repository
 * @returns the paths of the written files, sorted
 */
export function writeMissingFiles(repository: string, templates: string, facts: PackageFacts): readonly string[] {
  const files: Record<string, string> = {
    "package.json": `${JSON.stringify(repositoryManifest(packageName(repository), facts), null, 2)}\n`,
  };
  for (const entry of readdirSync(templates, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(templates.length + 1).replaceAll(STANDS_FOR_DOT, "$1.")] = readFileSync(path, "utf8");
  }
  const missing = Object.keys(files)
    .filter((file) => !existsSync(join(repository, file)))
    .sort();
  for (const file of missing) {
    mkdirSync(dirname(join(repository, file)), { recursive: true });
    writeFileSync(join(repository, file), files[file] ?? "", { flag: "wx" });
  }
  return missing;
}

/** A name that npm accepts, from the folder's. */
function packageName(repository: string): string {
  const name = basename(repository).toLowerCase();
  return name.replaceAll(/[^a-z0-9._-]+/g, "-").replace(/^[._-]+/, "") || "llm";
}
