import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import type { SourceOf } from "./attribute.ts";

const project = join(import.meta.dirname, "../..");

/** Finds the source of a function by the source map beside the bundle. */
export function bundleSources(bundle: string): SourceOf {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundle}.map`, "utf8")));
  return ({ url, lineNumber, columnNumber }) => {
    if (!url.endsWith(bundle)) return undefined;
    const entry = map.findEntry(lineNumber, columnNumber);
    return "originalSource" in entry ? relative(project, resolve(dirname(bundle), entry.originalSource)) : undefined;
  };
}
