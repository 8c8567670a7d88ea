import * as z from "zod";
import { EngineHealth, GatewayHealth, ModelHealth, TargetHealth } from "../../contracts/live/service-health.ts";

/** Values of a distribution, each with how many there were. */
const Bins = z.array(z.tuple([z.number(), z.int()]));

/** As threads send it to each other: times are bins, so that percentiles of all are exact within a bin. A newer release may send more fields. */
export const ThreadHealth = z.object({
  gateway: GatewayHealth.strip(),
  models: z.array(
    ModelHealth.omit({ latencyMs: true, firstTokenMs: true, slotsUsed: true, slots: true })
      .extend({ engines: z.array(EngineHealth.strip()), latency: Bins, firstToken: Bins })
      .strip(),
  ),
  targets: z.array(TargetHealth.strip()),
});
export type ThreadHealth = z.infer<typeof ThreadHealth>;
