import type { JsonObject } from "../../local/template/json.ts";
import type { ClientSettings } from "../aws-client/aws-client.ts";
import type { StackRun } from "../stacks/stack-run.ts";

/** Input of assertions: an applied stack and its AWS. */
export interface Applied {
  readonly run: StackRun;
  readonly outputs: JsonObject;
  /** Attributes by address, as the state has them. */
  readonly attributes: JsonObject;
  /** Address of the AWS proxy. */
  readonly url: string;
  /** Settings of AWS SDK clients. */
  readonly client: ClientSettings;
}

/** A claim about AWS after an apply, checked by calls to AWS and not by OpenTofu's state. */
export interface StackAssertion {
  /** A sentence that could be false. */
  readonly claim: string;
  /** Resource types whose settings on AWS it reads. */
  readonly types: readonly string[];
  /** @throws with the values found instead */
  check(applied: Applied): Promise<void>;
}

/** @throws with the name, the expected and the found value */
export function expectEqual(what: string, found: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`${what}: wanted ${right}, found ${left}`);
}

/** @throws with the items that fail the check, and when there are no items */
export function expectAll<Item>(what: string, items: readonly Item[], holds: (item: Item) => boolean): void {
  if (items.length === 0) throw new Error(`${what}: there is nothing to look at`);
  const offenders = items.filter((item) => !holds(item));
  if (offenders.length > 0) throw new Error(`${what}: not so for ${JSON.stringify(offenders)}`);
}
