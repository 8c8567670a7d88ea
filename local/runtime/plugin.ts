import type { JsonObject } from "../template/json.ts";
import type { RawResource } from "../template/stacks.ts";
import type { WithSettings } from "./settings.ts";

/**
 * What the twin does for one resource type. `Services` names the running services that the plugin uses, e.g.
 * `WithElb & WithWaf`: a twin without one of them does not compile.
 */
export interface ResourcePlugin<Services = unknown> {
  /** AWS provider's name of the type, e.g. `aws_lb_listener`. */
  readonly type: string;
  /** Attributes that AWS would compute, for references from other resources. */
  readonly attributes?: (resource: RawResource, runtime: WithSettings & Services) => JsonObject;
  /** Starts the local counterpart with the synthesized settings. Called in the order of the table. */
  readonly start?: (
    config: JsonObject,
    resource: RawResource,
    runtime: WithSettings & Services,
  ) => void | Promise<void>;
}
