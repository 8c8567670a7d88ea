import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { asObject, isObject, type Json, type JsonObject } from "./json.ts";

/** One resource as synthesized, before evaluation. */
export interface RawResource {
  readonly stack: Stack;
  readonly type: string;
  readonly name: string;
  /** `type.name`, unique in its stack. */
  readonly address: string;
  readonly config: JsonObject;
}

/** One synthesized stack: `cdktf.out/stacks/<name>/cdk.tf.json`. */
export interface Stack {
  readonly name: string;
  /** Folder of the stack: asset paths are relative to it. */
  readonly folder: string;
  readonly document: JsonObject;
}

/**
 * Reads the synthesized stacks of one environment.
 * @throws when there are none
 */
export function readStacks(outputFolder: string, environment: string): readonly Stack[] {
  const root = join(outputFolder, "stacks");
  // A stack's own name has no hyphen; an environment's may: `dev` must not read the stacks of `dev-eu`.
  // The bootstrap stack holds OpenTofu's own states, which there are none of here.
  const isOurs = (name: string) =>
    name.slice(0, name.lastIndexOf("-")) === environment && name !== `${environment}-bootstrap`;
  const names = existsSync(root) ? readdirSync(root).filter(isOurs) : [];
  const stacks = names.sort().map((name) => {
    const folder = join(root, name);
    const document: Json = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8"));
    return { name, folder, document: asObject(document) };
  });
  if (stacks.length === 0)
    throw new Error(`There is no stack named ${environment}-… under ${root}; synthesize it first.`);
  return stacks;
}

/** All resources of a stack (or its data sources), in the order of the file. */
export function rawResources(stack: Stack, section: "resource" | "data" = "resource"): readonly RawResource[] {
  const types = stack.document[section];
  if (!isObject(types)) return [];
  return Object.entries(types).flatMap(([type, byName]) =>
    Object.entries(asObject(byName)).map(([name, config]) => ({
      stack,
      type,
      name,
      address: `${type}.${name}`,
      config: asObject(config),
    })),
  );
}

/** The backend key by which other stacks refer to this one. */
export function stateKey(stack: Stack): string | undefined {
  const terraform = stack.document.terraform;
  if (!isObject(terraform) || !isObject(terraform.backend)) return undefined;
  const [backend] = Object.values(terraform.backend);
  const key = isObject(backend) ? backend.key : undefined;
  return typeof key === "string" ? key : undefined;
}
