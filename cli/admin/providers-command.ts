import { Command } from "commander";
import { AdminConnectionTest } from "../../contracts/admin.ts";
import { PROVIDER_DIALECT_NAMES } from "../../contracts/provider-dialects.ts";
import { ProviderSettings } from "../../contracts/target-settings.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import type { AdminClient } from "./admin-client.ts";
import { type AdminOptions, type AdminTools, adminClient, withPlace } from "./admin-endpoint.ts";
import { MODEL_FORM, type ProviderOptions, providerSettings } from "./provider-settings.ts";
import { describedList, pathOf, putNew, removed } from "./stored-settings.ts";

/** A newer gateway may say more. */
const ConnectionTest = AdminConnectionTest.strip();
const SHOWN_MODELS = 10;

/** `sluice providers list|add|test|remove`: backends that we don't run, over the admin API. */
export function providersCommand(tools: AdminTools): Command {
  const providers = new Command("providers").description("backends that we don't run, of a running service");
  withPlace(providers.command("list"))
    .description("what is in use, and whether it was declared or changed")
    .option("--json", "all settings, as JSON")
    .action((options: AdminOptions & { readonly json?: boolean }) => list(adminClient(options, tools), options, tools));
  withPlace(providers.command("add <name>"))
    .description("use a provider from now on (within 5 s everywhere)")
    .option("--file <file>", "all of its settings as JSON, as in docs/providers.md")
    .option("--endpoint <url>", "everything before /v1, e.g. https://api.openai.com")
    .option("--dialect <dialect>", `${PROVIDER_DIALECT_NAMES.join(", ")} (default openai)`)
    .option("--region <region>", "of Bedrock")
    .option("--credential <where>", "where its key is: secret:NAME (Secrets Manager), environment or none")
    .option("--model <model...>", MODEL_FORM)
    .option("--rate-limit <limit>", "what it takes, e.g. 500/minute (default: no limit)")
    .option("--max-in-flight <number>", "requests of one gateway at once (default 100)")
    .option("--priority <number>", "for the policy priority, the smaller the earlier (default 10)")
    .option("--emergency-only", "only when no other target can take a request")
    .option("--monthly-cap <dollars>", "not used beyond it in a calendar month (default: no cap)")
    .option("--replace", "also when there is one of this name")
    .action((name: string, options: AdminOptions & ProviderOptions & { readonly replace?: boolean }) =>
      add(name, options, tools),
    );
  withPlace(providers.command("test <name>"))
    .description("connect with its key, and list its models")
    .action((name: string, options: AdminOptions) => check(name, adminClient(options, tools), tools));
  withPlace(providers.command("remove <name>"))
    .description("take back what was added or changed; what was declared stays")
    .action((name: string, options: AdminOptions) =>
      removed({ client: adminClient(options, tools), kind: "providers", name, tools }),
    );
  return providers;
}

async function list(client: AdminClient, options: { readonly json?: boolean }, tools: AdminTools): Promise<void> {
  const items = await describedList(client, "providers", ProviderSettings);
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
  const version = await putNew({ client, kind: "providers", name, settings, replace: options.replace === true });
  tools.print(
    `${name} is in use within 5 s everywhere (version ${version}); try it with \`sluice providers test ${name}\`.`,
  );
}

async function check(name: string, client: AdminClient, tools: AdminTools): Promise<void> {
  const path = `${pathOf("providers", name)}/test`;
  const { ok, latencyMs, models = [], problem } = await client.call({ method: "POST", path }, ConnectionTest);
  if (!ok) throw new UserError(`${name} can't be used: ${problem ?? "it did not say why"}`);
  const shown = models.slice(0, SHOWN_MODELS).join(", ");
  const more = models.length > SHOWN_MODELS ? ` and ${models.length - SHOWN_MODELS} more` : "";
  tools.print(`${name} answered in ${latencyMs} ms${shown === "" ? "" : ` and has ${shown}${more}`}.`);
}
