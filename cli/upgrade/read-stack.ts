import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeployStack } from "../stacks/stack-order.ts";
import type { StackDocument } from "./compare-stacks.ts";

/** A synthesized stack's document. */
export function readStack(stack: DeployStack | undefined): StackDocument | undefined {
  if (stack === undefined) return undefined;
  const document: StackDocument = JSON.parse(readFileSync(join(stack.folder, "cdk.tf.json"), "utf8"));
  return document;
}
