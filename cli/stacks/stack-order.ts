import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../terminal/user-error.ts";

/** The manifest that cdktf writes beside the stacks. */
const Manifest = z.object({
  stacks: z.record(
    z.string(),
    z.object({ name: z.string(), workingDirectory: z.string(), dependencies: z.array(z.string()) }),
  ),
});

/** A synthesized stack. */
export interface DeployStack {
  /** e.g. `dev-network` */
  readonly id: string;
  /** e.g. `network` */
  readonly name: string;
  readonly folder: string;
  /** Ids of the stacks whose outputs it reads. */
  readonly reads: readonly string[];
}

/** The stack of the states' bucket, which only `sluice bootstrap` creates. */
export const BOOTSTRAP = "bootstrap";
/** Stacks with data that can't be restored once they are destroyed: keys, artefacts and the states. */
export const STATEFUL: readonly string[] = [BOOTSTRAP, "data"];

/**
 * The environment's stacks, each after the stacks that it reads, and otherwise by name: `data`, which reads no other
 * stack, is destroyed last.
 */
export function stacksInOrder(outputFolder: string, environment: string): readonly DeployStack[] {
  const file = join(outputFolder, "manifest.json");
  const manifest = existsSync(file) ? Manifest.parse(JSON.parse(readFileSync(file, "utf8"))).stacks : {};
  const prefix = `${environment}-`;
  const waiting = new Map(
    Object.values(manifest)
      .filter(({ name }) => name.startsWith(prefix))
      .sort((a, b) => a.name.localeCompare(b.name))
      .map((stack) => [stack.name, stack]),
  );
  const ordered: DeployStack[] = [];
  while (waiting.size > 0) {
    const next = [...waiting.values()].find(({ dependencies }) => !dependencies.some((id) => waiting.has(id)));
    if (!next) throw new Error(`${[...waiting.keys()].join(", ")} read each other in a circle; see ${file}`);
    waiting.delete(next.name);
    ordered.push({
      id: next.name,
      name: next.name.slice(prefix.length),
      folder: join(outputFolder, next.workingDirectory),
      reads: next.dependencies,
    });
  }
  return ordered;
}

/**
 * Selects stacks by name (`data`) or id (`dev-data`), in the order of deployment; without names all but the bootstrap
 * stack.
 * @throws {UserError} when one does not exist
 */
export function selectStacks(all: readonly DeployStack[], wanted: readonly string[]): readonly DeployStack[] {
  const unknown = wanted.filter((each) => !all.some(({ id, name }) => each === id || each === name));
  if (unknown.length > 0)
    throw new UserError(
      `There is no stack ${unknown.join(", ")}; known are ${all.map(({ name }) => name).join(", ")}.`,
    );
  if (wanted.length === 0) return all.filter(({ name }) => name !== BOOTSTRAP);
  return all.filter(({ id, name }) => wanted.includes(id) || wanted.includes(name));
}
