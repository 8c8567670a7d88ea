import * as z from "zod";

/**
 * What the load balancer before a function is behind. `api-gateway`: the client's address is in API Gateway's header;
 * `load-balancer`: it is the last one that the load balancer saw.
 */
export const FunctionEntry = z.enum(["api-gateway", "load-balancer"]);
export type FunctionEntry = z.infer<typeof FunctionEntry>;

/** @param stage API Gateway's stage, where it is the entry */
export function functionEntry(stage: string | undefined): FunctionEntry {
  return stage === undefined ? "load-balancer" : "api-gateway";
}
