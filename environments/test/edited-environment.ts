import { loadEnvironment } from "../load.ts";
import { EnvironmentError } from "../problem.ts";
import { validateEnvironment } from "../validate.ts";

const dev = await loadEnvironment("dev");

export type Json = { [key: string]: Json } | Json[] | string | number | boolean | null | undefined;

/** A copy of dev with one value replaced; `undefined` removes it. */
export function devWith(path: string, value: Json): unknown {
  const copy = structuredClone(dev) as unknown as Record<string, Record<string, unknown>>;
  const parts = path.split("/");
  const last = parts.pop() ?? "";
  let parent: Record<string, unknown> = copy;
  for (const part of parts) parent = parent[part] as Record<string, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

/** The error of a description. @throws where it is valid */
export function problemsOf(data: unknown): EnvironmentError {
  try {
    validateEnvironment(data, "environments/dev.ts");
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error("no problem was found");
}

/** What the error says; empty where the description is valid. */
export function messageOf(data: unknown): string {
  try {
    validateEnvironment(data, "environments/dev.ts");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
