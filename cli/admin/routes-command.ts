import { Command } from "commander";
import { AdminOverride } from "../../contracts/api/admin.ts";
import { type FallbackReference, RouteSettings, targetId } from "../../contracts/targets/target-settings.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { type AdminClient, AdminRefusal } from "./admin-client.ts";
import { type AdminOptions, type AdminTools, adminClient, withEndpointOptions } from "./admin-endpoint.ts";
import { type RouteOptions, routeSettings, TARGET_FORM } from "./route-settings.ts";
import { Deleted, Put, pathOf, putSettings, removeStored, storedList } from "./stored-settings.ts";

interface OverrideOptions extends AdminOptions {
  readonly force?: string;
  readonly drain?: readonly string[];
  /** Puts it in place of an override that is there. */
  readonly replace?: boolean;
}

/** `sluice routes list|set|remove|override|release`: public model names, over the admin API. */
export function routesCommand(tools: AdminTools): Command {
  const routes = new Command("routes").description("list and change the public model names and their targets");
  withEndpointOptions(routes.command("list"))
    .description("list the routes, and whether each is declared in the environment file or was changed")
    .option("--json", "print all settings as JSON")
    .action((options: AdminOptions & { readonly json?: boolean }) => list(adminClient(options, tools), options, tools));
  withEndpointOptions(routes.command("set <name>"))
    .description("create or change a route; all gateways use it within 5 s")
    .option("--file <file>", "file with all settings as JSON (docs/providers.md)")
    .option("--target <target...>", `${TARGET_FORM} (default 1)`)
    .option("--fallback <target...>", "targets to try, in this order, when all others fail")
    .option("--policy <policy>", "weighted, round-robin, least-latency, least-cost or priority (default weighted)")
    .option("--sticky <by>", "none, user, key or session (default none)")
    .option("--failover-after <seconds>", "time without a first byte after which the next target is tried")
    .option(
      "--hedge-after <milliseconds>",
      "time without a first byte after which a second target is called in parallel (default never)",
    )
    .action((name: string, options: AdminOptions & RouteOptions) => set(name, options, tools));
  withEndpointOptions(routes.command("remove <name>"))
    .description("remove what was set at run time; a declared route stays")
    .action((name: string, options: AdminOptions) =>
      removeStored({ client: adminClient(options, tools), kind: "routes", name, tools }),
    );
  withEndpointOptions(routes.command("override <name>"))
    .description("until it is released, use one target first, or send no new requests to some targets")
    .option("--force <target>", "target to use first, whatever the policy is")
    .option("--drain <target...>", "targets that get no new requests")
    .option("--replace", "put it in place of an override that is there (default: refuse)")
    .action((name: string, options: OverrideOptions) => override(name, options, tools));
  withEndpointOptions(routes.command("release <name>"))
    .description("end an override")
    .action((name: string, options: AdminOptions) => release(name, adminClient(options, tools), tools));
  return routes;
}

async function list(client: AdminClient, options: { readonly json?: boolean }, tools: AdminTools): Promise<void> {
  const items = await storedList(client, "routes", RouteSettings);
  if (options.json === true) return tools.print(JSON.stringify(items, null, 2));
  if (items.length === 0)
    return tools.print("No routes beside those of the pools; create one with `sluice routes set NAME`.");
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
  const version = await putSettings({ client, kind: "routes", name, settings, replace: true });
  tools.print(`All gateways use ${name} within 5 s (version ${version}).`);
}

async function override(name: string, options: OverrideOptions, tools: AdminTools): Promise<void> {
  const { force = null, drain = [], replace = false } = options;
  if (force === null && drain.length === 0)
    throw new UserError("An override needs --force or --drain; to end an override, use `sluice routes release`.");
  const client = adminClient(options, tools);
  const before = await overrideNow(name, client);
  if (before?.made !== undefined && !replace)
    throw new UserError(
      `${name} has an override already: ${before.made}; add --replace to put yours in its place, with all of it that is to stay.`,
    );
  const path = `${pathOf("routes", name)}/override`;
  await changeOverride(name, () =>
    client.call({ method: "POST", path, body: { force, drain }, ifMatch: before?.etag }, Put),
  );
  if (before?.made !== undefined) tools.print(`Replaced: ${before.made}.`);
  tools.print(
    `${name}: ${effectOf({ force, drain })} within 5 s on all gateways, until \`sluice routes release ${name}\`.`,
  );
}

async function release(name: string, client: AdminClient, tools: AdminTools): Promise<void> {
  const before = await overrideNow(name, client);
  const path = `${pathOf("routes", name)}/override`;
  // Without an override there is none to be released, which the service says in its own words.
  const ifMatch = before?.made === undefined ? undefined : before.etag;
  await changeOverride(name, () => client.call({ method: "DELETE", path, ifMatch }, Deleted));
  if (before?.made !== undefined) tools.print(`Released: ${before.made}.`);
  tools.print(`${name} follows its policy again within 5 s on all gateways.`);
}

const StoredOverride = AdminOverride.pick({ version: true, updatedAt: true, updatedBy: true, settings: true }).strip();

/**
 * The override of a route, and its version. `made`: what it does, since when and by whom; `undefined` without an override.
 * @returns `undefined` from a gateway of a release that can't show overrides
 */
async function overrideNow(
  name: string,
  client: AdminClient,
): Promise<{ readonly etag: string; readonly made: string | undefined } | undefined> {
  try {
    const { version, updatedAt, updatedBy, settings } = await client.call(
      { method: "GET", path: `${pathOf("routes", name)}/override` },
      StoredOverride,
    );
    const made = version === 0 ? undefined : `${effectOf(settings)}, since ${updatedAt} by the key ${updatedBy}`;
    return { etag: `"${version}"`, made };
  } catch (error) {
    if (error instanceof AdminRefusal && error.code === "method_not_allowed") return undefined;
    throw error;
  }
}

/** Makes a change of the version that was read. @throws {UserError} where another operator was first */
async function changeOverride(name: string, change: () => Promise<unknown>): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof AdminRefusal) || error.code !== "version_conflict") throw error;
    throw new UserError(
      `Another operator changed the override of ${name} meanwhile, so nothing was done; run the command again to see the change.`,
    );
  }
}

function effectOf({ force, drain }: { readonly force: string | null; readonly drain: readonly string[] }): string {
  const parts = [
    force === null ? "" : `${force} is used first`,
    drain.length === 0 ? "" : `${drain.join(", ")} gets no new requests`,
  ];
  return parts.filter(Boolean).join(", ");
}
