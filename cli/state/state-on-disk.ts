import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const FILE = "terraform.tfstate";
const State = z.object({ resources: z.array(z.unknown()) });

/** Whether a folder has a state with at least one resource. */
export function hasStateOnDisk(folder: string): boolean {
  const file = join(folder, FILE);
  return existsSync(file) && State.parse(JSON.parse(readFileSync(file, "utf8"))).resources.length > 0;
}

export function removeStateOnDisk(folder: string): void {
  for (const file of [FILE, `${FILE}.backup`]) rmSync(join(folder, file), { force: true });
}
