import { Command } from "commander";
import { PROVIDER_DIALECT_NAMES } from "../../contracts/targets/provider-dialects.ts";
import { ProviderSettings } from "../../contracts/targets/target-settings.ts";
import { textTable } from "../terminal/text-table.ts";
import { type AddOptions, addProvider } from "./add-provider.ts";
import type { AdminClient } from "./admin-client.ts";
import { type AdminOptions, type AdminTools, adminClient, withEndpointOptions } from "./admin-endpoint.ts";
import { presetSettings, presetTable } from "./provider-presets.ts";
import { MODEL_FORM } from "./provider-settings.ts";
import { removeStored, storedList } from "./stored-settings.ts";
import { type TestOptions, testProvider } from "./test-provider.ts";

/** `sluice providers list|presets|add|test|remove`: the external providers of a running service, over the admin API. */
export function providersCommand(tools: AdminTools): Command {
  const providers = new Command("providers").description(
    "list, add, test and remove external providers of a running service",
  );
  withEndpointOptions(providers.command("list"))
    .description("list the providers, and whether each is declared in the environment file or was changed")
    .option("--json", "print all settings as JSON")
    .action((options: AdminOptions & { readonly json?: boolean }) => list(adminClient(options, tools), options, tools));
  providers
    .command("presets [name]")
    .description("list the providers that Sluice knows, or print the settings of one as JSON")
    .action((name: string | undefined) => tools.print(name === undefined ? presetTable() : presetSettings(name)));
  withEndpointOptions(providers.command("add [name]"))
    .description("add a provider; all gateways use it within 5 s")
    .option("--preset <name>", "a provider that Sluice knows (`sluice providers presets`); asks for its key alone")
    .option("--provider-key <source>", "source of the key that a preset stores: env:NAME or file:PATH (default: typed)")
    .option("--environment <name>", "the environment whose secrets get the key; required with --aws")
    .option("--aws", "store the key in Secrets Manager on AWS, with your AWS credentials")
    .option("--file <file>", "file with all settings as JSON (docs/providers.md)")
    .option("--endpoint <url>", "address of its API without /v1, e.g. https://api.openai.com")
    .option("--dialect <dialect>", `${PROVIDER_DIALECT_NAMES.join(", ")} (default openai)`)
    .option("--region <region>", "AWS region, for Bedrock")
    .option("--credential <source>", "source of its key: secret:NAME (Secrets Manager), environment or none")
    .option("--model <model...>", `${MODEL_FORM}, or the name of a preset's model`)
    .option("--rate-limit <limit>", "requests that it accepts, e.g. 500/minute (default: no limit)")
    .option("--max-in-flight <number>", "requests in flight at once, per gateway (default 100)")
    .option("--priority <number>", "rank in the policy priority; the smallest is used first (default 10)")
    .option("--emergency-only", "use it only when no other target can take a request")
    .option("--monthly-cap <dollars>", "most to spend in a calendar month (default: no cap)")
    .option("--replace", "replace a provider with the same name")
    .action((name: string | undefined, options: AddOptions) => addProvider(name, options, tools));
  withEndpointOptions(providers.command("test <name>"))
    .description("show what works of a provider: connection, models, and with three small requests chat, stream, tools")
    .option("--model <name>", "the model that gets the requests (default: the first)")
    .option("--connection-only", "send no requests that cost anything")
    .action((name: string, options: AdminOptions & TestOptions) => testProvider(name, options, tools));
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
