import { UserError } from "../terminal/user-error.ts";
import type { AdminClient } from "./admin-client.ts";
import { type AdminOptions, type AdminTools, adminClient } from "./admin-endpoint.ts";
import { providerKey } from "./provider-key.ts";
import { type ProviderOptions, presetOf, providerSettings } from "./provider-settings.ts";
import { putSettings } from "./stored-settings.ts";

export interface AddOptions extends AdminOptions, ProviderOptions {
  readonly replace?: boolean;
  readonly providerKey?: string;
  readonly environment?: string;
  readonly aws?: boolean;
}

/**
 * `sluice providers add`. A preset's key is stored first; when the gateway then refuses the settings, the secret is as before.
 * @throws {UserError}
 */
export async function addProvider(chosen: string | undefined, options: AddOptions, tools: AdminTools): Promise<void> {
  const preset = presetOf(options.preset);
  const name = chosen ?? options.preset;
  if (name === undefined) throw new UserError("A provider needs a name, or --preset, whose name is the default.");
  const client = adminClient(options, tools);
  const storesKey = preset?.credential === "key" && options.credential === undefined;
  if (!storesKey) {
    refuseKeyOptions(options);
    return await put(name, providerSettings(options), client, options, tools);
  }
  const store = await tools.secretStore(options);
  const settings = providerSettings(options, store.secretId(name));
  const key = await providerKey(options.providerKey, preset, tools);
  const bringBack = await store.put(name, key);
  try {
    await put(name, settings, client, options, tools);
  } catch (error) {
    await bringBack();
    throw error;
  }
}

function refuseKeyOptions({ providerKey: source, aws, environment }: AddOptions): void {
  const [option] = [
    ...(source === undefined ? [] : ["--provider-key"]),
    ...(aws === undefined ? [] : ["--aws"]),
    ...(environment === undefined ? [] : ["--environment"]),
  ];
  if (option !== undefined)
    throw new UserError(`${option} is for a preset that takes a key and is used without --credential; omit it.`);
}

async function put(
  name: string,
  settings: unknown,
  client: AdminClient,
  options: AddOptions,
  tools: AdminTools,
): Promise<void> {
  const version = await putSettings({ client, kind: "providers", name, settings, replace: options.replace === true });
  tools.print(
    `All gateways use ${name} within 5 s (version ${version}); try it with \`sluice providers test ${name}\`.`,
  );
}
