import dev from "../../environments/dev.ts";
import type { Environment } from "../../environments/schema.ts";

/**
 * dev, with higher limits: four runners beside each other send some hundred requests in a minute from one address, and
 * dev's own limit of 100 a minute would delay them for longer than the requests take.
 */
export default {
  ...dev,
  api: {
    ...dev.api,
    requestsPerMinutePerIp: 10_000,
    throttle: { requestsPerSecond: 200, burst: 400 },
    usagePlans: { ...dev.api.usagePlans, standard: { requestsPerSecond: 100, burst: 200, requestsPerMonth: null } },
  },
} satisfies Environment;
