/**
 * Header with which `fetch` uses a connection for one request alone. A gateway closes an idle connection after seconds; a client
 * whose thread was busy meanwhile sends its next request over it, which ends with ECONNRESET.
 */
export const OWN_CONNECTION = { connection: "close" } as const;
