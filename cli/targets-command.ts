import { Command } from "commander";
import * as z from "zod";
import { type AdminOptions, type AdminTools, adminClient, withPlace } from "./admin/admin-place.ts";
import { textTable } from "./text-table.ts";

const TargetStates = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      available: z.boolean(),
      inFlight: z.number(),
      requests: z.number(),
      failures: z.number(),
      latencyMs: z.number().nullable(),
      spendUsd: z.number().optional(),
      upstreams: z.array(z.object({ breaker: z.string() })),
      routes: z.array(z.string()),
    }),
  ),
});

/** `sluice targets list`: what requests can go to, as the gateway that answers sees it. */
export function targetsCommand(tools: AdminTools): Command {
  const targets = new Command("targets").description("pools and providers' models, as a gateway sees them");
  withPlace(targets.command("list"))
    .description("health, load and spend of each")
    .action(async (options: AdminOptions) => {
      const { data } = await adminClient(options, tools).call({ method: "GET", path: "/admin/targets" }, TargetStates);
      tools.print(
        textTable([
          ["TARGET", "STATE", "BREAKERS", "IN FLIGHT", "FAILED", "FIRST BYTE", "SPENT", "ROUTES"],
          ...data.map((target) => [
            target.id,
            target.available ? "available" : "away",
            [...new Set(target.upstreams.map(({ breaker }) => breaker))].join(", "),
            String(target.inFlight),
            `${target.failures} of ${target.requests}`,
            target.latencyMs === null ? "" : `${target.latencyMs} ms`,
            target.spendUsd === undefined ? "" : `$${target.spendUsd.toFixed(2)}`,
            target.routes.join(", "),
          ]),
        ]),
      );
    });
  return targets;
}
