import * as z from "zod";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { printedJson, Tofu } from "./tofu.ts";

/**
 * The oldest OpenTofu that reads the synthesized stacks: encrypted remote states in JSON, locks in DynamoDB and in S3.
 */
export const OLDEST_TOFU = "1.10.0";

const Version = z.object({ terraform_version: z.string() });

/** @throws {UserError} when OpenTofu is not on PATH, or does not print its version */
export async function tofuVersion({ processEnvironment }: Pick<OperatorTools, "processEnvironment">): Promise<string> {
  const tofu = new Tofu({ folder: process.cwd(), environment: processEnvironment, show: () => {} });
  const result = await tofu.run(["version", "-json"]);
  if (result.code !== 0)
    throw new UserError(`tofu version ended with exit code ${result.code}: ${result.stderr.trim()}`);
  return Version.parse(JSON.parse(printedJson(result))).terraform_version;
}

/** Whether a version is at least the oldest one, without its suffix (`-beta1`). */
export function isTofuNewEnough(version: string): boolean {
  const parts = (text: string) => text.split("-")[0]?.split(".").map(Number) ?? [];
  const [major = 0, minor = 0, patch = 0] = parts(version);
  const [oldMajor = 0, oldMinor = 0, oldPatch = 0] = parts(OLDEST_TOFU);
  if (major !== oldMajor) return major > oldMajor;
  return minor !== oldMinor ? minor > oldMinor : patch >= oldPatch;
}

/** @throws {UserError} when it is missing or too old */
export async function checkTofuVersion(tools: Pick<OperatorTools, "processEnvironment">): Promise<void> {
  const version = await tofuVersion(tools);
  if (!isTofuNewEnough(version))
    throw new UserError(`OpenTofu must be ${OLDEST_TOFU} or newer, got ${version}; upgrade it and try again.`);
}
