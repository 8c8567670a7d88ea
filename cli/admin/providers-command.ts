import { Command } from "commander";
import { AdminConnectionTest } from "../../contracts/api/admin.ts";
import { PROVIDER_DIALECT_NAMES } from "../../contracts/targets/provider-dialects.ts";
import { ProviderSettings } from "../../contracts/targets/target-settings.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import type { AdminClient } from "./admin-client.ts";
import { type AdminOptions, type AdminTools, adminClient, withEndpointOptions } from "./admin-endpoint.ts";
import { MODEL_FORM, type ProviderOptions, providerSettings } from "./provider-settings.ts";
import { pathOf, putSettings, removeStored, storedList } from "./stored-settings.ts";

/** A newer gateway may send more. */
const ConnectionTest = AdminConnectionTest.strip();
const SHOWN_MODELS = 10;

/** `sluice providers list|add|test|remove`: the external providers of a running service, over the admin API. */
export function providersCommand(tools: AdminTools): Command {
  const providers = new Command("providers").description(
    "list, add, test and remove external providers of a running service",
  );
  withEndpointOptions(providers.command("list"))
    .description("list the providers, and whether each is declared in the environment file or was changed")
    .option("--json", "print all settings as JSON")
    .action((options: AdminOptions & { readonly json?: boolean }) => list(adminClient(options, tools), options, tools));
  withEndpointOptions(providers.command("add <name>"))
    .description("add a provider; all gateways use it within 5 s")
    .option("--file <file>", "file with all settings as JSON (docs/providers.md)")
    .option("--endpoint <url>", "address of its API without /v1, e.g. https://api.openai.com")
    .option("--dialect <dialect>", `${PROVIDER_DIALECT_NAMES.join(", ")} (default openai)`)
    .option("--region <region>", "AWS region, for Bedrock")
    .option("--credential <source>", "source of its key: secret:NAME (Secrets Manager), environment or none")
    .option("--model <model...>", MODEL_FORM)
    .option("--rate-limit <limit>", "requests that it accepts, e.g. 500/minute (default: no limit)")
    .option("--max-in-flight <number>", "requests in flight at once, per gateway (default 100)")
    .option("--priority <number>", "rank in the policy priority; the smallest is used first (default 10)")
    .option("--emergency-only", "use it only when no other target can take a request")
    .option("--monthly-cap <dollars>", "most to spend in a calendar month (default: no cap)")
    .option("--replace", "replace a provider with the same name")
    .action((name: string, options: AdminOptions & ProviderOptions & { readonly replace?: boolean }) =>
      add(name, options, tools),
    );
  withEndpointOptions(providers.command("test <name>"))
    .description("connect to a provider with its key, and list its models")
    .action((name: string, options: AdminOptions) => check(name, adminClient(options, tools), tools));
  withEndpointOptions(providers.command("remove <name>"))
    .description("remove what was added or changed at run time; a declared provider stays")
    .action((name: string, options: AdminOptions) =>
      removeStored({ client: adminClient(options, tools), kind: "providers", name, tools }),
    );
  return providers;
}

async function list(client: AdminClient, options: { readonly json?: boolean }, tools: AdminTools): Promise<void> {
  const items = await storedList(client, "providers", ProviderSettings);
  if (options.json === true) return tools.print(JSON.stringify(items, null, 2));
  if (items.length === 0) return tools.print("No providers; add one with `sluice providers add NAME`.");
  tools.print(
    textTable([
      ["NAME", "DIALECT", "ENDPOINT", "KEY FROM", "MODELS", "SOURCE"],
      ...items.map(({ name, source, settings: { dialect, endpoint, credential, models } }) => [
        name,
        dialect,
        endpoint,
        credential.from === "secret" ? `secret ${credential.secretId}` : credential.from,
        Object.keys(models).join(", "),
        source,
      ]),
    ]),
  );
}

async function add(
  name: string,
  options: AdminOptions & ProviderOptions & { readonly replace?: boolean },
  tools: AdminTools,
): Promise<void> {
  const settings = providerSettings(options);
  const client = adminClient(options, tools);
  const version = await putSettings({ client, kind: "providers", name, settings, replace: options.replace === true });
  tools.print(
    `All gateways use ${name} within 5 s (version ${version}); try it with \`sluice providers test ${name}\`.`,
  );
}

async function check(name: string, client: AdminClient, tools: AdminTools): Promise<void> {
  const path = `${pathOf("providers", name)}/test`;
  const { ok, latencyMs, models = [], problem } = await client.call({ method: "POST", path }, ConnectionTest);
  if (!ok) throw new UserError(`${name} can't be used: ${problem ?? "the gateway gave no reason"}`);
  const shown = models.slice(0, SHOWN_MODELS).join(", ");
  const more = models.length > SHOWN_MODELS ? ` and ${models.length - SHOWN_MODELS} more` : "";
  tools.print(`${name} answered in ${latencyMs} ms${shown === "" ? "" : ` and has ${shown}${more}`}.`);
}
