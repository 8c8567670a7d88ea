import type { JsonObject } from "../template/json.ts";
import type { RawResource } from "../template/stacks.ts";
import type { WithSettings } from "./settings.ts";

/** The account number of everything in the twin. */
export const LOCAL_ACCOUNT = "000000000000";

/** An id that is unique and stable: stack, type and name. */
export function idOf(resource: RawResource): string {
  return `${resource.stack.name}-${resource.name}`;
}

/** An ARN of the usual form, stable between runs. */
export function arnOf(resource: RawResource, { settings }: WithSettings): string {
  const service = resource.type.replace(/^aws_/, "").split("_")[0];
  return `arn:aws:${service}:${settings.region}:${LOCAL_ACCOUNT}:${resource.type}/${idOf(resource)}`;
}

/** Attributes that nearly every resource has; a plugin's own win. */
export function commonAttributes(resource: RawResource, runtime: WithSettings): JsonObject {
  const id = idOf(resource);
  return {
    id,
    arn: arnOf(resource, runtime),
    account_id: LOCAL_ACCOUNT,
    key_id: id,
    unique_id: id,
    hosted_zone_id: "Z-LOCAL",
    latest_version: 1,
  };
}
