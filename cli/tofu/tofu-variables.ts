import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { UserError } from "../terminal/user-error.ts";

const Variables = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
export type TofuVariables = z.infer<typeof Variables>;

/**
 * Reads the variables saved for an environment in `terraform.tfvars.json`.
 * @throws {UserError} when the file is not an object of single values
 */
export function readVariables(file: string): TofuVariables {
  if (!existsSync(file)) return {};
  try {
    return Variables.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new UserError(`${file} must be a JSON object of strings, numbers and booleans; correct or remove it.`);
  }
}

/** Adds variables to those in the file. */
export function writeVariables(file: string, variables: TofuVariables): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...readVariables(file), ...variables }, null, 2)}\n`);
}

/** The file's variables under the names by which OpenTofu reads them from its environment. */
export function variablesAsEnvironment(variables: TofuVariables): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [`TF_VAR_${name}`, String(value)]));
}
