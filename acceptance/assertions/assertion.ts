import type { JsonObject } from "../../local/template/json.ts";
import type { ClientSettings } from "../aws-client/aws-client.ts";
import type { StackRun } from "../stacks/stack-run.ts";

/** What a assertions looks at: an applied stack and the AWS that it was applied to. */
export interface Applied {
  readonly run: StackRun;
  readonly outputs: JsonObject;
  /** Attributes by address, as the state has them. */
  readonly attributes: JsonObject;
  /** Address of the AWS proxy. */
  readonly url: string;
  /** What an AWS SDK client needs to call there. */
  readonly client: ClientSettings;
}

/** One thing that must be so on AWS after an apply, asked of AWS and not of OpenTofu's state. */
export interface StackAssertion {
  /** A sentence that could be false. */
  readonly claim: string;
  /** Resource types whose settings on AWS it reads. */
  readonly types: readonly string[];
  /** @throws with what is there instead */
  check(applied: Applied): Promise<void>;
}

/** @throws with claim, what was wanted and what was found */
export function expectEqual(what: string, found: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${what}: wanted ${right}, found ${left}`);
}

/** @throws with the offenders when there are any, and when nothing was looked at at all */
export function expectAll<Item>(what: string, items: readonly Item[], holds: (item: Item) => boolean): void {
  if (items.length === 0) throw new Error(`${what}: there is nothing to look at`);
  const offenders = items.filter((item) => !holds(item));
  if (offenders.length > 0) throw new Error(`${what}: not so for ${JSON.stringify(offenders)}`);
}
