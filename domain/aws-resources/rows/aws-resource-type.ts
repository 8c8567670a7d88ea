import type { CostType } from "../../cost/cost-item.ts";

/** Why a resource type has none, as a clause: "it holds settings only". */
export interface Exempt {
  readonly exempt: string;
}

/**
 * One resource type of the AWS provider, with a cell for each property that every type must have or be exempt from. A row
 * without one of them does not compile; `acceptance/resource-matrix` checks that the code of each cell exists.
 */
export interface AwsResourceType {
  /** `plugin`: the twin runs it, by a plugin of `local/services/`. Exempt: it has no local behaviour. */
  readonly twin: "plugin" | Exempt;
  /** `assertion`: one of `acceptance/assertions/` reads its settings on AWS after an apply. */
  readonly applyTest: "assertion" | Exempt;
  /** AWS's list of all resources of the type: after a destroy it must have no new one. */
  readonly leftovers: Listing | Exempt;
  /** The rows of a forecast in which AWS charges for it. */
  readonly cost: { readonly paidIn: readonly [CostType, ...CostType[]] } | Exempt;
  /** IAM actions that OpenTofu's AWS provider calls to make and to delete one. CI's role must be allowed each of them. */
  readonly deploy: readonly [string, ...string[]] | Exempt;
  /** How its data is encrypted with a customer key. Exempt: it stores none. */
  readonly encryption: EncryptionCheck | Exempt;
  /**
   * Of a type whose resources hold data, or a key to it: the arguments whose change replaces the resource, marked "Forces
   * new resource" in the provider's documentation. @default - it holds nothing that could be lost
   */
  readonly replacedBy?: readonly string[];
}

/** `keyIn`: the attribute that has the key's ARN. `check`: a check of its own in `constructs/policy/customer-key.ts`. */
export type EncryptionCheck =
  | { readonly keyIn: string }
  | { readonly check: "bucket" | "delivery-stream" | "launch-template" | "table" };

/** One call of an AWS API that lists every resource of a type in an account and region, and where their names are. */
export type Listing = {
  /** Noun for one of them, unique among the listings: `load balancer`. */
  readonly noun: string;
  /** Name of the service in a signature: `monitoring` for CloudWatch. */
  readonly service: string;
  /** Names of AWS's own resources do not match. @default - all match */
  readonly only?: RegExp;
} & (QueryCall | TargetCall | PathCall) &
  (NamesInXml | NamesInJson);

/** A call of the query protocol. */
interface QueryCall {
  readonly action: string;
  readonly version: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** A call of the JSON protocol, named by its header `x-amz-target`. */
interface TargetCall {
  readonly target: string;
  readonly body?: Readonly<Record<string, string | number>>;
  /** Field of the body that takes the account's id. */
  readonly accountIdField?: string;
}

/** A GET call of the REST protocol. */
interface PathCall {
  readonly path: string;
}

interface NamesInXml {
  /** Element that holds a name. */
  readonly element: string;
  /** Counts only where a sibling element has this text, whatever their order. @default - every one counts */
  readonly beside?: { readonly element: string; readonly text: string };
}

interface NamesInJson {
  /** Field of the response that has the list. */
  readonly list: string;
  /** Field of a list's item that has the name. @default - the item is the name */
  readonly name?: string;
}

/** The resource types of one AWS service, and AWS's pages about it. */
export interface AwsService {
  readonly sources: {
    /** AWS's lists of the service's IAM actions: each action of a `deploy` cell is in AWS's data of these pages. */
    readonly actions: readonly [string, ...string[]];
    /** Day of that data, `YYYY-MM-DD`. */
    readonly actionsAsOf: string;
    /** AWS's prices of the service. What has no price there costs nothing. */
    readonly prices: string;
  };
  readonly types: Readonly<Record<`aws_${string}`, AwsResourceType>>;
}

/** @returns the reason, where a cell is an exemption */
export function exemptionOf(cell: AwsResourceType[keyof AwsResourceType]): string | undefined {
  return typeof cell === "object" && "exempt" in cell ? cell.exempt : undefined;
}
