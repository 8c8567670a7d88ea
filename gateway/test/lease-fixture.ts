import { Pool } from "undici";
import { type CallOutcome, Lease } from "../core/lease.ts";
import type { Target } from "../core/target.ts";
import type { Upstream } from "../core/upstream.ts";
import { UpstreamHealthRegistry } from "../core/upstream-health.ts";
import { OPENAI_DIALECT } from "../dialects/providers/openai/openai.ts";
import { ENGINE_CAPABILITIES } from "../engines/engine-capabilities.ts";

/** A lease of an upstream, by default of one that does not exist, with everything that it reports. */
export function poolLease(kind: Target["kind"] = "pool", origin = "http://127.0.0.1:9") {
  const calls: CallOutcome[] = [];
  let releases = 0;
  const health = new UpstreamHealthRegistry(() => 0);
  const upstream: Upstream = {
    id: "e1",
    origin,
    pool: new Pool(origin),
    headers: {},
    markDown: () => undefined,
  };
  const target: Target = {
    id: "tiny",
    kind,
    dialect: OPENAI_DIALECT,
    upstreamModel: "tiny",
    pathPrefix: "",
    contextTokens: 4096,
    capabilities: ENGINE_CAPABILITIES,
    priceAt: () => ({ inputUsdPerMillion: 0, outputUsdPerMillion: 0 }),
    priority: 0,
    isEmergencyOnly: false,
    firstByteMs: undefined,
    totalMs: undefined,
    inFlight: 0,
    tryReserve: () => ({ reason: "absent", isShared: false, blockedMs: Number.POSITIVE_INFINITY, isPaused: false }),
    isPresent: () => true,
  };
  const permit = health.of(upstream).tryAcquire(0, true);
  if (permit === undefined) throw new Error("a new breaker must grant a permit");
  const slot = {
    release: () => {
      releases++;
    },
  };
  const lease = new Lease(
    { target, upstream, permit, slot },
    { health, now: () => 0, wallClock: () => 0, onCall: (_, outcome) => calls.push(outcome) },
  );
  return { lease, calls, health, upstream, target, released: () => releases };
}
