import type * as z from "zod";
import type { MODEL_HOSTS } from "../catalog/providers/model-hosts.ts";
import type { MODEL_MAKERS } from "../catalog/providers/model-makers.ts";
import type { FallbackReference, ProviderSettings, RouteSettings } from "../contracts/targets/target-settings.ts";
import type { AuditStream } from "./audit-stream.ts";
import type { Environment, PoolSettings } from "./environment.ts";
import type { UserPool } from "./user-pool.ts";

/** Sections of an environment whose fields each have a default of their own. */
type Section = "state" | "iam" | "network" | "api" | "identity" | "gateways" | "site" | "alarms";
type ApiPart = "timeouts" | "queue" | "throttle" | "keylessLimits";

/** A section with any of its fields; the fields of `Part` may be partial too. */
type Partly<T, Part extends keyof T = never> = Partial<Omit<T, Part>> & {
  readonly [Field in Part]?: Partial<T[Field]>;
};

/** Settings that are a whole or `null`: where a file has them, each field that is missing has its default. */
type Optional = "responses" | "history" | "usage" | "batches" | "cache" | "valkey";
type PartlyOrNull<T> = Partial<NonNullable<T>> | null;

/** One model that is served: the catalogue's entry and the instance type; everything else has a default. */
export type ModelInput = Pick<PoolSettings, "model" | "instanceType"> & Partial<PoolSettings>;

type PresetName = keyof typeof MODEL_MAKERS | keyof typeof MODEL_HOSTS;

type ProviderParts = Partial<Omit<ProviderSettings, "timeouts">> & {
  readonly timeouts?: Partial<ProviderSettings["timeouts"]>;
};

/** A provider: one that Sluice knows, with what differs, or the endpoint and models of another. */
export type ProviderInput =
  | ({ readonly preset: PresetName } & ProviderParts)
  | ({ readonly preset?: never } & Pick<ProviderSettings, "endpoint" | "models"> & ProviderParts);

/** A route: its targets, whose weights are 1 where they have none; everything else has a default. */
export type RouteInput = Partial<Omit<RouteSettings, "targets">> & {
  readonly targets: readonly (FallbackReference & { readonly weight?: number })[];
};

type GeneralInput = Pick<Environment, "name" | "region"> &
  Partial<Omit<Environment, "name" | "region" | "pools" | "providers" | "routes" | Section | Optional>> & {
    readonly providers?: Readonly<Record<string, ProviderInput>>;
    readonly routes?: Readonly<Record<string, RouteInput>>;
    readonly state?: Partly<Environment["state"]>;
    readonly iam?: Partly<Environment["iam"]>;
    readonly network?: Partly<Environment["network"]>;
    readonly api?: Omit<Partly<Environment["api"], ApiPart>, "auditStream"> & {
      readonly auditStream?: Readonly<z.input<typeof AuditStream>> | null;
    };
    readonly identity?: Omit<Partly<Environment["identity"]>, "userPool"> & {
      readonly userPool?: Readonly<z.input<typeof UserPool>> | null;
    };
    readonly gateways?: Partly<Environment["gateways"]>;
    readonly site?: Partly<Environment["site"], "defaults">;
    readonly alarms?: Partly<Environment["alarms"]>;
  } & { readonly [Setting in Optional]?: PartlyOrNull<Environment[Setting]> };

/**
 * What an environment file may say: name, region and the models are required, every other setting has a default.
 * `models` and `pools` are the same setting, by public model name: a file has one of them.
 */
export type EnvironmentInput = GeneralInput &
  (
    | { readonly models: Readonly<Record<string, ModelInput>>; readonly pools?: never }
    | { readonly pools: Readonly<Record<string, ModelInput>>; readonly models?: never }
  );

/** An environment file's content, with its type checked while it is written. Defaults are added when the file is read. */
export function environment<Input extends EnvironmentInput>(input: Input): Input {
  return input;
}
