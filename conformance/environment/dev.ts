import dev from "../../environments/dev.ts";
import type { EnvironmentInput } from "../../settings/environment-input.ts";

/**
 * dev with the control API and a history, and with higher limits: four runners beside each other send some hundred requests in a minute from one address, and
 * dev's own limit of 100 a minute would delay them for longer than the requests take.
 */
export default {
  ...dev,
  history: { retentionDays: 1 },
  api: {
    ...dev.api,
    controlApi: true,
    memberKeys: { perPerson: 5, maxDays: 90 },
    requestsPerMinutePerIp: 10_000,
    throttle: { requestsPerSecond: 200, burst: 400 },
    usagePlans: {
      anonymous: { requestsPerSecond: 10, burst: 40, requestsPerMonth: 100_000 },
      standard: { requestsPerSecond: 100, burst: 200, requestsPerMonth: null },
    },
  },
} satisfies EnvironmentInput;
