import { UserError } from "../terminal/user-error.ts";
import type { TofuResult } from "./tofu.ts";

/** The step in which OpenTofu failed. */
export interface TofuStep {
  /** Id of the stack, e.g. `dev-network`. */
  readonly stack: string;
  /** Environment of the stack. */
  readonly environment: string;
  readonly folder: string;
  /** For the message, e.g. `plan`. */
  readonly action: string;
}

/** The holder of a state's lock, from the text of OpenTofu's error. */
export interface LockHolder {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  readonly created: string;
}

/** A stack can't be planned because a stack that it reads is not deployed. */
export class NotYetDeployedError extends UserError {}

/** A plan would destroy or replace a protected resource. */
export class ProtectedError extends UserError {}

/** Explains OpenTofu's failure, with a remedy. */
export function tofuFailure(step: TofuStep, result: TofuResult): UserError {
  const { stack, environment, action, folder } = step;
  if (result.isInterrupted)
    return new UserError(
      `${stack}: stopped as requested. The state has all completed changes; run the same command again to continue.`,
    );
  const text = `${result.stdout}\n${result.stderr}`;
  const holder = lockHolder(text);
  if (holder)
    return new UserError(
      `${stack}: ${holder.who} has held the state's lock since ${holder.created} (${holder.operation}). ` +
        `Wait until it has ended. If it is certain that it no longer runs, free the lock: tofu -chdir=${folder} force-unlock ${holder.id}`,
    );
  if (/No stored state was found|Unable to find remote state|does not have an attribute named/.test(text))
    return new NotYetDeployedError(
      `${stack} reads outputs of a stack that is not deployed, or not in this version; deploy all stacks: ` +
        `sluice deploy --environment ${environment}`,
    );
  if (/S3 bucket .* does not exist|NoSuchBucket/.test(text))
    return new UserError(
      `${stack}: the state bucket does not exist; create it: sluice bootstrap --environment ${environment}`,
    );
  if (/unencrypted payload without unencrypted method/.test(text))
    return new UserError(
      `${stack}: its state is not encrypted, but state.encryption is kms; encrypt it once: ` +
        `sluice deploy --environment ${environment} --encrypt-states`,
    );
  if (/instance cannot be destroyed/i.test(text))
    return new ProtectedError(
      `${stack}: ${protectedAddress(text)} is protected. To destroy it, set deletionProtection to false in ` +
        `environments/${environment}.ts, deploy that, and try again.`,
    );
  return new UserError(`${stack}: tofu ${action} ended with exit code ${result.code}:\n${errorText(result)}`);
}

/** `undefined` when the failure is not a held lock. */
export function lockHolder(text: string): LockHolder | undefined {
  if (!text.includes("Error acquiring the state lock")) return undefined;
  const field = (name: string) => new RegExp(`^\\W*${name}:\\s+(\\S.*?)\\s*$`, "m").exec(text)?.[1] ?? "unknown";
  return {
    id: field("ID"),
    who: field("Who"),
    operation: field("Operation").replace(/^OperationType/, ""),
    created: field("Created").replace(/\.\d+ /, " "),
  };
}

function protectedAddress(text: string): string {
  return /Resource (?:instance )?(\S+)\s+has\s+(?:lifecycle\.)?prevent_destroy/.exec(text)?.[1] ?? "a resource";
}

/** The output from the first error on; before it is progress. */
function errorText({ stdout, stderr }: TofuResult): string {
  const text = stderr.trim() === "" ? stdout : stderr;
  const start = text.search(/^\W*Error: /m);
  return text.slice(Math.max(start, 0)).trim();
}
