import { createServer, type IncomingMessage, type Server } from "node:http";
import { PacedRequest } from "./connections/paced-request.ts";

/** A head of at most 16 KiB and a body of some megabytes come within this, or the sender is not serious. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often connections are looked at for these two. */
const CHECK_INTERVAL_MS = 5000;

/**
 * @param isUpgrade whether a request that asks for another protocol gets it; any other one is served as plain HTTP
 * @param keepAliveMs silence after which a connection is closed; the load balancer in front closes it earlier
 */
export function createHttpServer(isUpgrade: (request: IncomingMessage) => boolean, keepAliveMs: number): Server {
  return createServer({
    IncomingMessage: PacedRequest,
    keepAliveTimeout: keepAliveMs,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    // The pipeline refuses such a request with a body, in the dialect of its path.
    requireHostHeader: false,
    shouldUpgradeCallback: isUpgrade,
  });
}
