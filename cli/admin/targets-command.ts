import { Command } from "commander";
import * as z from "zod";
import { AdminTarget } from "../../contracts/admin.ts";
import { textTable } from "../terminal/text-table.ts";
import { type AdminOptions, type AdminTools, adminClient, withPlace } from "./admin-endpoint.ts";

/** A newer gateway may say more, and name other states of a breaker. */
const Upstream = z.object({ breaker: z.string() });
const TargetStates = z.object({ data: z.array(AdminTarget.strip().extend({ upstreams: z.array(Upstream) })) });

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
