import { PRIORITY_HEADER } from "../../contracts/api/headers.ts";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { PRIORITIES, Priority } from "../../contracts/processes/priority.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GenerationRequest } from "../core/generation-request.ts";
import type { GatewayRequest } from "../core/request.ts";

/** OpenAI's tiers that mean a waiting time; the other tiers (`auto`, `default`, `scale`) do not. */
const TIERS: Readonly<Record<string, Priority>> = { priority: "critical", flex: "batch" };

/**
 * The priority with which the request waits while the engines are full: that of the header, else of `service_tier`,
 * else `normal`. No request gets a higher one than its key allows, and one without a key at most `normal`: a header
 * above that is refused, a tier is lowered, as OpenAI does.
 * @throws {GatewayError} `invalid_request` or `permission_denied`
 */
export function priorityOf(
  request: Pick<GatewayRequest, "headers">,
  { fields }: Pick<GenerationRequest, "fields">,
  key: ApiKeyItem | undefined,
): Priority {
  const highest = key?.maxPriority ?? "normal";
  const header = request.headers[PRIORITY_HEADER];
  if (header === undefined) {
    const tier = Object.hasOwn(fields, "service_tier") ? fields.service_tier : undefined;
    const requested = (typeof tier === "string" && Object.hasOwn(TIERS, tier) ? TIERS[tier] : undefined) ?? "normal";
    return isOver(requested, highest) ? highest : requested;
  }
  const requested = Priority.safeParse(header);
  if (!requested.success)
    throw new GatewayError("invalid_request", {
      message: `The header \`${PRIORITY_HEADER}\` must be one of ${PRIORITIES.join(", ")}. Correct it or leave it out.`,
      param: PRIORITY_HEADER,
    });
  if (isOver(requested.data, highest))
    throw new GatewayError("permission_denied", {
      message: `The priority \`${requested.data}\` is above the highest priority of this caller, \`${highest}\`. Lower it, or request a key with a higher one from your operator.`,
      param: PRIORITY_HEADER,
      rule: `priority-at-most:${highest}`,
    });
  return requested.data;
}

function isOver(requested: Priority, highest: Priority): boolean {
  return PRIORITIES.indexOf(requested) < PRIORITIES.indexOf(highest);
}
