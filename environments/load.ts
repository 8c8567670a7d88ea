import { readdirSync } from "node:fs";
import type { Environment } from "./schema.ts";
import { validateEnvironment } from "./validate.ts";

/** Files of this folder that are not environments. */
const OWN_FILES = new Set(["load.ts", "problem.ts", "rules.ts", "schema.ts", "validate.ts"]);

/** Names of all environments: one per file of this folder, sorted. */
export function environmentNames(): readonly string[] {
  return readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !OWN_FILES.has(file))
    .map((file) => file.slice(0, -".ts".length))
    .sort();
}

/**
 * Reads and checks `environments/<name>.ts`.
 * @throws when there is no such file, or with every problem in it
 */
export async function loadEnvironment(name: string): Promise<Environment> {
  const names = environmentNames();
  if (!names.includes(name))
    throw new Error(`There is no environment "${name}"; known are ${names.join(", ")}. Add environments/${name}.ts.`);
  const file = `environments/${name}.ts`;
  const module: { readonly default?: unknown } = await import(
    /* @vite-ignore */ new URL(`${name}.ts`, import.meta.url).href
  );
  const environment = validateEnvironment(module.default, file);
  if (environment.name !== name)
    throw new Error(`${file}: name must be the file's name, got "${environment.name}"; write name: "${name}".`);
  return environment;
}
