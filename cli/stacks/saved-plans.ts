import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { UserError } from "../terminal/user-error.ts";

const PlannedStack = z.object({
  id: z.string(),
  /** SHA-256 of its plan's file. */
  sha256: z.string(),
  /** Whether applying it changes something. */
  hasChanges: z.boolean(),
  /** Whether it changes outputs, which other stacks read. */
  changesOutputs: z.boolean(),
});
export type PlannedStack = z.infer<typeof PlannedStack>;

const SavedPlans = z.object({
  environment: z.string(),
  /** The commit whose stacks were planned. */
  commit: z.string(),
  /** A stack that could not be planned is not among them. */
  stacks: z.array(PlannedStack),
});
export type SavedPlans = z.infer<typeof SavedPlans>;

const LIST = "plans.json";

/** File of a stack's plan in the folder of saved plans. */
export const planFile = (folder: string, stack: string) => join(folder, `${stack}.tfplan`);
/** OpenTofu's lock of the providers with which the stack was planned. */
export const lockFile = (folder: string, stack: string) => join(folder, `${stack}.terraform.lock.hcl`);

export function sha256Of(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** Creates the folder, which must not have plans of before. */
export function createPlansFolder(folder: string): void {
  if (existsSync(join(folder, LIST)))
    throw new UserError(`${folder} has plans already; remove it, or name another folder.`);
  mkdirSync(folder, { recursive: true });
}

/** Writes the list of the plans in the folder. @returns its hash, which stands for all of them */
export function writePlans(folder: string, plans: SavedPlans): string {
  const file = join(folder, LIST);
  writeFileSync(file, `${JSON.stringify(plans, undefined, 2)}\n`);
  return sha256Of(file);
}

/**
 * Reads saved plans, after it has checked that nothing in the folder changed since they were made, and that they are of
 * this environment and commit.
 * @throws {UserError} otherwise
 */
export function readPlans(
  folder: string,
  expected: { readonly environment: string; readonly commit: string; readonly hash: string },
): SavedPlans {
  const file = join(folder, LIST);
  if (!existsSync(file)) throw new UserError(`${file} does not exist; \`sluice plan --save ${folder}\` writes it.`);
  const again = "plan again, and have that plan approved";
  const hash = sha256Of(file);
  if (hash !== expected.hash)
    throw new UserError(`${file} is not what was approved: its SHA-256 is ${hash}, not ${expected.hash}; ${again}.`);
  const plans = SavedPlans.parse(JSON.parse(readFileSync(file, "utf8")));
  if (plans.environment !== expected.environment)
    throw new UserError(
      `The plans in ${folder} are of ${plans.environment}, not of ${expected.environment}; ${again}.`,
    );
  if (plans.commit !== expected.commit)
    throw new UserError(
      `The plans in ${folder} are of the commit ${plans.commit}, and ${expected.commit} is checked out; ${again}.`,
    );
  for (const { id, sha256 } of plans.stacks) {
    const plan = planFile(folder, id);
    const found = existsSync(plan) ? sha256Of(plan) : "that of no file";
    if (found !== sha256)
      throw new UserError(`${plan} is not what was approved: its SHA-256 is ${found}, not ${sha256}; ${again}.`);
  }
  return plans;
}
