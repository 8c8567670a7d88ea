import { UserError } from "../terminal/user-error.ts";
import type { TofuResult } from "./tofu.ts";

/** What was being done when OpenTofu failed. */
export interface TofuStep {
  /** Id of the stack, e.g. `dev-network`. */
  readonly stack: string;
  /** Environment of the stack. */
  readonly environment: string;
  readonly folder: string;
  /** For the message, e.g. `plan`. */
  readonly action: string;
}

/** Who holds a state's lock, from the text of OpenTofu's error. */
export interface LockHolder {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  readonly created: string;
}

/** A stack can't be planned before one that it reads is deployed. */
export class NotYetDeployedError extends UserError {}

/** A plan would destroy, or replace, what is protected. */
export class ProtectedError extends UserError {}

/** OpenTofu's failure as one that says what to do. */
export function tofuFailure(step: TofuStep, result: TofuResult): UserError {
  const { stack, environment, action, folder } = step;
  if (result.isInterrupted)
    return new UserError(
      `${stack}: stopped as asked. What was done is in the state; the same command goes on from there.`,
    );
  const text = `${result.stdout}\n${result.stderr}`;
  const holder = lockHolder(text);
  if (holder)
    return new UserError(
      `${stack}: ${holder.who} holds the state's lock since ${holder.created} (${holder.operation}). Wait for it to end. ` +
        `If it is gone for certain, free it: tofu -chdir=${folder} force-unlock ${holder.id}`,
    );
  if (/No stored state was found|Unable to find remote state|does not have an attribute named/.test(text))
    return new NotYetDeployedError(
      `${stack} reads outputs of a stack that is not deployed, or not in this version; deploy all in their order: ` +
        `sluice deploy --environment ${environment}`,
    );
  if (/S3 bucket .* does not exist|NoSuchBucket/.test(text))
    return new UserError(
      `${stack}: there is no state bucket yet; make it: sluice bootstrap --environment ${environment}`,
    );
  if (/unencrypted payload without unencrypted method/.test(text))
    return new UserError(
      `${stack}: its state is not encrypted yet, but state.encryption is kms; write it encrypted, once: ` +
        `sluice deploy --environment ${environment} --encrypt-states`,
    );
  if (/instance cannot be destroyed/i.test(text))
    return new ProtectedError(
      `${stack}: ${protectedAddress(text)} is protected. To let it go, set deletionProtection to false in ` +
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

/** From the first error on: what comes before was progress. */
function errorText({ stdout, stderr }: TofuResult): string {
  const text = stderr.trim() === "" ? stdout : stderr;
  const start = text.search(/^\W*Error: /m);
  return text.slice(Math.max(start, 0)).trim();
}
