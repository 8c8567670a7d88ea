import { Command } from "commander";
import { type FallbackReference, RouteSettings, targetId } from "../../contracts/target-settings.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import type { AdminClient } from "./admin-client.ts";
import { type AdminOptions, type AdminTools, adminClient, withPlace } from "./admin-endpoint.ts";
import { type RouteOptions, routeSettings, TARGET_FORM } from "./route-settings.ts";
import { Deleted, describedList, Put, pathOf, putNew, removed } from "./stored-settings.ts";

interface OverrideOptions extends AdminOptions {
  readonly force?: string;
  readonly drain?: readonly string[];
}

/** `sluice routes list|set|remove|override|release`: public model names, over the admin API. */
export function routesCommand(tools: AdminTools): Command {
  const routes = new Command("routes").description("public model names and what stands behind them");
  withPlace(routes.command("list"))
    .description("what is in use, and whether it was declared or changed")
    .option("--json", "all settings, as JSON")
    .action((options: AdminOptions & { readonly json?: boolean }) => list(adminClient(options, tools), options, tools));
  withPlace(routes.command("set <name>"))
    .description("make or change a route (within 5 s everywhere)")
    .option("--file <file>", "all of its settings as JSON, as in docs/providers.md")
    .option("--target <target...>", `${TARGET_FORM} (default 1)`)
    .option("--fallback <target...>", "tried in this order when the targets can't")
    .option("--policy <policy>", "weighted, round-robin, least-latency, least-cost or priority (default weighted)")
    .option("--sticky <by>", "none, user, key or session (default none)")
    .option("--failover-after <seconds>", "silence before the first byte after which the next one is tried")
    .option("--hedge-after <milliseconds>", "silence after which another one is asked beside it (default never)")
    .action((name: string, options: AdminOptions & RouteOptions) => set(name, options, tools));
  withPlace(routes.command("remove <name>"))
    .description("take back what was set; what was declared stays")
    .action((name: string, options: AdminOptions) =>
      removed({ client: adminClient(options, tools), kind: "routes", name, tools }),
    );
  withPlace(routes.command("override <name>"))
    .description("by hand, until it is released: put one target first, or give some no new requests")
    .option("--force <target>", "comes first, whatever the policy says")
    .option("--drain <target...>", "get no new requests")
    .action((name: string, options: OverrideOptions) => override(name, options, tools));
  withPlace(routes.command("release <name>"))
    .description("take an override back")
    .action((name: string, options: AdminOptions) => release(name, adminClient(options, tools), tools));
  return routes;
}

async function list(client: AdminClient, options: { readonly json?: boolean }, tools: AdminTools): Promise<void> {
  const items = await describedList(client, "routes", RouteSettings);
  if (options.json === true) return tools.print(JSON.stringify(items, null, 2));
  if (items.length === 0) return tools.print("No routes but the pools' own; make one with `sluice routes set NAME`.");
  tools.print(
    textTable([
      ["NAME", "POLICY", "TARGETS", "FALLBACKS", "SOURCE"],
      ...items.map(({ name, source, settings: { policy, targets, fallbacks } }) => [
        name,
        policy,
        targets.map((target) => `${targetId(target)}=${target.weight}`).join(", "),
        fallbacks.map((target: FallbackReference) => targetId(target)).join(", "),
        source,
      ]),
    ]),
  );
}

async function set(name: string, options: AdminOptions & RouteOptions, tools: AdminTools): Promise<void> {
  const settings = routeSettings(options);
  const client = adminClient(options, tools);
  const version = await putNew({ client, kind: "routes", name, settings, replace: true });
  tools.print(`${name} is in use within 5 s everywhere (version ${version}).`);
}

async function override(name: string, options: OverrideOptions, tools: AdminTools): Promise<void> {
  const { force = null, drain = [] } = options;
  if (force === null && drain.length === 0)
    throw new UserError("An override needs --force or --drain; `sluice routes release` takes one back.");
  const client = adminClient(options, tools);
  await client.call({ method: "POST", path: `${pathOf("routes", name)}/override`, body: { force, drain } }, Put);
  const parts = [
    force === null ? "" : `${force} first`,
    drain.length === 0 ? "" : `nothing new to ${drain.join(", ")}`,
  ];
  tools.print(
    `${name}: ${parts.filter(Boolean).join(", ")}, within 5 s everywhere, until \`sluice routes release ${name}\`.`,
  );
}

async function release(name: string, client: AdminClient, tools: AdminTools): Promise<void> {
  await client.call({ method: "DELETE", path: `${pathOf("routes", name)}/override` }, Deleted);
  tools.print(`${name} follows its policy again (within 5 s everywhere).`);
}
