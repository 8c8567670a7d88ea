import dev from "../../environments/dev.ts";
import type { Environment } from "../../environments/schema.ts";

/**
 * dev, with a higher limit of requests: the runners send some hundred requests in two minutes from one address, and dev's
 * own limit of 100 a minute would delay them for longer than the requests take.
 */
export default {
  ...dev,
  api: { ...dev.api, requestsPerMinutePerIp: 10_000 },
} satisfies Environment;
