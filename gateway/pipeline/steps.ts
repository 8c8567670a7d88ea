import { admitAddress } from "./admit-address.ts";
import { call } from "./call.ts";
import { consultCache } from "./consult-cache.ts";
import { identify } from "./identify.ts";
import { limit } from "./limit.ts";
import { parse } from "./parse-body.ts";
import { plan } from "./plan.ts";
import { receive } from "./receive.ts";
import { relay, replay } from "./relay.ts";
import { respondError } from "./respond-error.ts";
import { route } from "./route.ts";
import { settle } from "./settle.ts";

/**
 * The steps of a request, in their order. Each takes a readonly value and returns the next. `replay` replaces `call`
 * and `relay` for a stored response, `respondError` all remaining steps when one throws.
 */
export const STEPS = {
  receive,
  route,
  admitAddress,
  identify,
  parse,
  plan,
  limit,
  consultCache,
  replay,
  call,
  relay,
  respondError,
  settle,
} as const;

export type Steps = typeof STEPS;
