import type { JsonObject } from "../template/json.ts";
import type { RawResource } from "../template/stacks.ts";
import type { World } from "../world.ts";

/** What the twin does for one resource type. */
export interface ResourcePlugin {
  /** AWS provider's name of the type, e.g. `aws_lb_listener`. */
  readonly type: string;
  /** Attributes that AWS would compute, for references from other resources. */
  attributes?(resource: RawResource, world: World): JsonObject;
  /** Starts the local thing with the synthesized settings. Called in the order of the table. */
  start?(config: JsonObject, resource: RawResource, world: World): void | Promise<void>;
}
