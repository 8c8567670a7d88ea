import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAst } from "vite";
import type { SourceNode } from "./source-tree.ts";

export interface MeasuredFunction {
  readonly path: string;
  readonly line: number;
  readonly lines: number;
}

/** The longest functions, with those that contain functions, the longest first. */
export function longestFunctions(
  root: string,
  tree: ReadonlyMap<string, SourceNode>,
  count: number,
): readonly MeasuredFunction[] {
  return [...tree.keys()]
    .flatMap((path) => functionsOf(path, readFileSync(join(root, path), "utf8")))
    .toSorted((one, other) => other.lines - one.lines)
    .slice(0, count);
}

function functionsOf(path: string, text: string): readonly MeasuredFunction[] {
  const lang = path.endsWith("x") ? "tsx" : path.endsWith(".ts") ? "ts" : "js";
  const found: MeasuredFunction[] = [];
  const open: unknown[] = [parseAst(text, { lang })];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== "object" || node === null) continue;
    const { type, start, end } = node as { readonly type?: unknown; readonly start?: unknown; readonly end?: unknown };
    if (typeof type === "string" && /Function/.test(type) && typeof start === "number" && typeof end === "number")
      found.push({ path, line: lineAt(text, start), lines: text.slice(start, end).split("\n").length });
    open.push(...(Array.isArray(node) ? node : Object.values(node)));
  }
  return found;
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
