import { AWS_RESOURCE_TYPES } from "./aws-resources.ts";

/**
 * The resource types that hold data or what opens it (buckets, tables, keys, the shared store), each with the arguments
 * whose change replaces the resource, and its data with it.
 */
export const STATEFUL_TYPES: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(AWS_RESOURCE_TYPES).flatMap(([type, { replacedBy }]) =>
    replacedBy === undefined ? [] : [[type, replacedBy] as const],
  ),
);
