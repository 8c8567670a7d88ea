/** Lifecycle hook in which a new gateway waits until it listens. */
export const GATEWAY_LAUNCH_HOOK = "gateway-ready";
