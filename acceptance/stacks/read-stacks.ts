import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Stack } from "../../local/template/stacks.ts";
import { parseObject } from "../aws-calls/call.ts";

/** Every stack of a synthesis, also the bootstrap stack, which the twin does not run. */
export function readEveryStack(outputFolder: string): readonly Stack[] {
  const root = join(outputFolder, "stacks");
  return readdirSync(root)
    .toSorted()
    .map((name) => {
      const folder = join(root, name);
      return { name, folder, document: parseObject(readFileSync(join(folder, "cdk.tf.json"), "utf8")) };
    });
}
