import { Command } from "commander";
import * as z from "zod";
import { AdminTarget } from "../../contracts/api/admin.ts";
import { textTable } from "../terminal/text-table.ts";
import { type AdminOptions, type AdminTools, adminClient, withEndpointOptions } from "./admin-endpoint.ts";

/** A newer gateway may send more fields, and other states of a breaker. */
const Upstream = z.object({ breaker: z.string() });
const TargetStates = z.object({ data: z.array(AdminTarget.strip().extend({ upstreams: z.array(Upstream) })) });

/** `sluice targets list`: the targets of requests, from the view of the gateway that responds. */
export function targetsCommand(tools: AdminTools): Command {
  const targets = new Command("targets").description(
    "show the pools and the models of providers, from the view of one gateway",
  );
  withEndpointOptions(targets.command("list"))
    .description("list health, load and spend of each target")
    .action(async (options: AdminOptions) => {
      const { data } = await adminClient(options, tools).call({ method: "GET", path: "/admin/targets" }, TargetStates);
      tools.print(
        textTable([
          ["TARGET", "STATE", "BREAKERS", "IN FLIGHT", "FAILED", "FIRST BYTE", "SPENT", "ROUTES"],
          ...data.map((target) => [
            target.id,
            target.available ? "available" : "unavailable",
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
