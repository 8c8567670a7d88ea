import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { IS_PACKAGE, repositoryFolder } from "../lib/installation.ts";
import type { Environment } from "../settings/environment.ts";
import { type ResolvedEnvironment, resolveEnvironment } from "./validate.ts";

/** Files of a checkout's `environments/` that are not environments. */
const OWN_FILES: ReadonlySet<string> = new Set([
  "control-api-rules.ts",
  "engine-argument-rules.ts",
  "entry-rules.ts",
  "load.ts",
  "problem.ts",
  "limit-rules.ts",
  "network-rules.ts",
  "people-rules.ts",
  "pool-rules.ts",
  "reserved-engine-arguments.ts",
  "rules.ts",
  "schema.ts",
  "settings-list.ts",
  "validate.ts",
  "wait-rules.ts",
  "weights-rules.ts",
  "workload-rules.ts",
]);

/** The folder of the environments' files. */
export function environmentsFolder(): string {
  return join(repositoryFolder(), "environments");
}

/** Names of all environments: one per file of their folder, sorted. */
export function environmentNames(): readonly string[] {
  const folder = environmentsFolder();
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && (IS_PACKAGE || !OWN_FILES.has(file)))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

/** Whether this is the path of an environment's file, and not a name. */
function isEnvironmentFile(nameOrFile: string): boolean {
  return nameOrFile.endsWith(".ts");
}

/** The name of an environment from its name or its file: `conformance/dev.ts` is a "dev". */
function environmentName(nameOrFile: string): string {
  return isEnvironmentFile(nameOrFile) ? basename(nameOrFile, ".ts") : nameOrFile;
}

/**
 * Reads and checks `environments/<name>.ts`, or the file at a path that ends with `.ts`.
 * @throws when there is no such file, or with every problem in it
 */
export async function loadEnvironment(nameOrFile: string): Promise<Environment> {
  return (await loadResolvedEnvironment(nameOrFile)).environment;
}

/** The same, with the reasons of the defaults. */
export async function loadResolvedEnvironment(nameOrFile: string): Promise<ResolvedEnvironment> {
  const name = environmentName(nameOrFile);
  const file = isEnvironmentFile(nameOrFile) ? nameOrFile : `environments/${name}.ts`;
  const url = isEnvironmentFile(nameOrFile) ? fileUrl(nameOrFile) : ownUrl(name);
  const module: { readonly default?: unknown } = await import(/* @vite-ignore */ url);
  const resolved = resolveEnvironment(module.default, file);
  if (resolved.environment.name !== name)
    throw new Error(
      `${file}: name must be the file's name, got "${resolved.environment.name}"; write name: "${name}".`,
    );
  return resolved;
}

function fileUrl(file: string): string {
  const path = resolve(file);
  if (!existsSync(path))
    throw new Error(`There is no file ${file}; name an environment of environments/, or the path of its file.`);
  return pathToFileURL(path).href;
}

function ownUrl(name: string): string {
  const names = environmentNames();
  if (!names.includes(name))
    throw new Error(
      `There is no environment "${name}"; known are ${names.join(", ") || "none"}. ${
        /^[\w-]+$/.test(name)
          ? `Add environments/${name}.ts.`
          : "Write one of these names, or the path of a file that ends with .ts."
      }`,
    );
  return pathToFileURL(join(environmentsFolder(), `${name}.ts`)).href;
}
