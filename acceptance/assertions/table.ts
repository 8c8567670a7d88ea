import type { StackAssertion } from "./assertion.ts";
import { AUDIT } from "./audit.ts";
import { BOOTSTRAP } from "./bootstrap.ts";
import { DATA } from "./data.ts";
import { EDGE } from "./edge.ts";
import { MONITORING } from "./monitoring.ts";
import { NETWORK } from "./network.ts";
import { SERVING } from "./serving.ts";
import { SITE } from "./site.ts";
import { USER_POOL } from "./user-pool.ts";
import { VALKEY } from "./valkey.ts";

/** Assertions after an apply, by the stack's name without the environment. */
export const STACK_ASSERTIONS: Readonly<Record<string, readonly StackAssertion[]>> = {
  bootstrap: BOOTSTRAP,
  network: NETWORK,
  data: [...DATA, ...AUDIT, ...USER_POOL],
  serving: [...SERVING, ...VALKEY],
  edge: EDGE,
  site: SITE,
  monitoring: MONITORING,
};

/** Those that compare AWS with the stack's own values, and so hold for any environment; others have values of the shipped ones. */
export const DECLARED_VALUE_ASSERTIONS: typeof STACK_ASSERTIONS = { data: [...AUDIT, ...USER_POOL] };
