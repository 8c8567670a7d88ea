import { PRICES_READ_ON } from "../../catalog/providers/provider-preset.ts";
import { PROVIDER_PRESETS } from "../../catalog/providers/provider-presets.ts";
import { textTable } from "../terminal/text-table.ts";
import { presetOf, providerSettings } from "./provider-settings.ts";

/** Output of `sluice providers presets`. */
export function presetTable(): string {
  const rows = [...PROVIDER_PRESETS].map(([name, { title, dialect, endpoint, endpointForm, models }]) => [
    name,
    title,
    dialect,
    endpoint ?? endpointForm ?? "",
    Object.keys(models).join(", ") || "(name them with --model)",
  ]);
  return `${textTable([["NAME", "PROVIDER", "DIALECT", "ENDPOINT", "MODELS"], ...rows])}\nPrices were read on ${PRICES_READ_ON}.`;
}

/** The settings of a preset as an environment file has them, with a secret's name to be chosen. @throws {UserError} */
export function presetSettings(name: string): string {
  const preset = presetOf(name);
  const options = {
    preset: name,
    ...(preset?.endpoint === null ? { endpoint: preset.endpointForm ?? "" } : {}),
    ...(Object.keys(preset?.models ?? {}).length === 0 ? { model: ["MODEL,context=8192,input=0,output=0"] } : {}),
  };
  const secretId = preset?.credential === "key" ? `sluice/${name}` : undefined;
  return JSON.stringify(providerSettings(options, secretId), null, 2);
}
