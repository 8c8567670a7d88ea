import { FUNCTION_CALLS } from "./function-calls.ts";
import { INSTANCE_CALLS } from "./instance-calls.ts";
import type { RuntimeCall } from "./runtime-call.ts";

/** Calls by the end of the role's name in the environment `everything`. */
export const RUNTIME_CALLS: Readonly<Record<string, readonly RuntimeCall[]>> = { ...INSTANCE_CALLS, ...FUNCTION_CALLS };
