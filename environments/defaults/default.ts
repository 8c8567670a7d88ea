import type { Environment, PoolSettings } from "../../settings/environment.ts";

/** What a default may depend on: the file as it was written, not yet checked. */
export interface FileInput {
  readonly name: string;
  readonly region: string;
  readonly account: string | undefined;
  /** The section `api`. */
  readonly api: Readonly<Record<string, unknown>>;
  readonly deletionProtection: unknown;
  /** `network.cidr`; defaults before this row are in it. */
  readonly cidr: unknown;
  /** Context of the smallest model, in tokens. */
  readonly smallestContext: number;
  /** Estimated time of the slowest model's whole response. */
  readonly responseSeconds: number;
}

/** A pool as it was written, and what is set on it so far: rows of the table are applied in their order. */
interface NamedEnvironment {
  readonly environment: string;
}

export type PoolInput = NamedEnvironment & {
  readonly [Field in
    | "model"
    | "instanceType"
    | "tensorParallel"
    | "contextTokens"
    | "minInstances"
    | ("maxSequences" & keyof PoolSettings)]: unknown;
};

/** The value of a setting that a file leaves out. */
export interface Default<Input> {
  readonly value: (input: Input) => unknown;
  /** Why this value: one sentence that `sluice show` prints. */
  readonly because: string;
}

type Fields<Path extends string, T> = `${Path}.${Extract<keyof T, string>}`;
type Section = "state" | "iam" | "network" | "api" | "identity" | "gateways" | "site" | "alarms";

/** Every setting that needs a default: one that is missing in the table does not compile. */
export type EnvironmentPath =
  | Exclude<keyof Environment, "name" | "region" | "pools" | Section>
  | Fields<"state", Environment["state"]>
  | Fields<"iam", Environment["iam"]>
  | Fields<"network", Environment["network"]>
  | Fields<"api", Omit<Environment["api"], "timeouts" | "queue" | "throttle" | "keylessLimits">>
  | Fields<"api.timeouts", Environment["api"]["timeouts"]>
  | Fields<"api.queue", Environment["api"]["queue"]>
  | Fields<"api.throttle", Environment["api"]["throttle"]>
  | Fields<"api.keylessLimits", Environment["api"]["keylessLimits"]>
  | Fields<"identity", Environment["identity"]>
  | Fields<"gateways", Environment["gateways"]>
  | Fields<"site", Omit<Environment["site"], "defaults">>
  | Fields<"site.defaults", Environment["site"]["defaults"]>
  | Fields<"alarms", Environment["alarms"]>
  | Fields<"cache", Omit<NonNullable<Environment["cache"]>, "automatic">>
  | Fields<"batches", NonNullable<Environment["batches"]>>
  | Fields<"responses", NonNullable<Environment["responses"]>>
  | Fields<"history", NonNullable<Environment["history"]>>
  | Fields<"usage", NonNullable<Environment["usage"]>>
  | Fields<"valkey", NonNullable<Environment["valkey"]>>;

/** `price` and `cost` have none: a pool without a price has no cost in metrics. */
export type PoolField = Exclude<keyof PoolSettings, "model" | "instanceType" | "price" | "cost">;
