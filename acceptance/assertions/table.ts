import type { StackAssertion } from "./assertion.ts";
import { BOOTSTRAP } from "./bootstrap.ts";
import { DATA } from "./data.ts";
import { EDGE } from "./edge.ts";
import { MONITORING } from "./monitoring.ts";
import { NETWORK } from "./network.ts";
import { SERVING } from "./serving.ts";
import { SITE } from "./site.ts";
import { VALKEY } from "./valkey.ts";

/** Assertions after an apply, by the stack's name without the environment. */
export const STACK_ASSERTIONS: Readonly<Record<string, readonly StackAssertion[]>> = {
  bootstrap: BOOTSTRAP,
  network: NETWORK,
  data: DATA,
  serving: [...SERVING, ...VALKEY],
  edge: EDGE,
  site: SITE,
  monitoring: MONITORING,
};
