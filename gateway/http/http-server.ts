import { createServer, type IncomingMessage, type Server } from "node:http";
import { PacedRequest } from "./connections/paced-request.ts";

/**
 * Node closes a keep-alive connection after this silence; the load balancer in front does so after 60 s, so it is
 * first.
 */
const KEEP_ALIVE_MS = 75_000;
/** A head of at most 16 KiB and a body of some megabytes come within this, or the sender is not serious. */
const HEADERS_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often connections are looked at for these two. */
const CHECK_INTERVAL_MS = 5000;

/** @param isUpgrade whether a request that asks for another protocol gets it; any other one is served as plain HTTP */
export function createHttpServer(isUpgrade: (request: IncomingMessage) => boolean): Server {
  return createServer({
    IncomingMessage: PacedRequest,
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: CHECK_INTERVAL_MS,
    shouldUpgradeCallback: isUpgrade,
  });
}
