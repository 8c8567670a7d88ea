import type { ProviderPreset } from "../../catalog/providers/provider-preset.ts";
import { PROVIDER_PRESETS } from "../../catalog/providers/provider-presets.ts";
import { Capability, type ProviderSettings } from "../../contracts/targets/target-settings.ts";
import { presetEndpoint, presetModels } from "../../domain/targets/preset-settings.ts";
import { PROVIDER_VALUES } from "../../domain/targets/target-defaults.ts";
import { UserError } from "../terminal/user-error.ts";
import { onlyFile, readSettingsFile } from "./settings-file.ts";

/** The options of a provider; `--file` has all settings that an environment file can have. */
export interface ProviderOptions {
  readonly preset?: string;
  readonly file?: string;
  readonly endpoint?: string;
  readonly dialect?: string;
  readonly region?: string;
  readonly credential?: string;
  readonly model?: readonly string[];
  readonly rateLimit?: string;
  readonly maxInFlight?: string;
  readonly priority?: string;
  readonly emergencyOnly?: boolean;
  readonly monthlyCap?: string;
}

const PARTS = [
  "preset",
  "endpoint",
  "dialect",
  "region",
  "credential",
  "model",
  "rateLimit",
  "maxInFlight",
  "priority",
  "emergencyOnly",
  "monthlyCap",
] as const;
export const MODEL_FORM = "NAME,context=TOKENS,input=USD,output=USD[,can=tools+vision]";
const CREDENTIAL_FORM = "secret:NAME, environment or none";

/**
 * Converts options to the settings of the admin API, which validates their values.
 * @param keySecretId secret of the provider's key, where a preset has one and no option names its source
 * @throws {UserError} when an option is malformed
 */
export function providerSettings(options: ProviderOptions, keySecretId?: string): unknown {
  if (options.file !== undefined) {
    onlyFile({ ...options }, PARTS);
    return readSettingsFile(options.file);
  }
  const preset = presetOf(options.preset);
  const endpoint = endpointOf(options, preset);
  const credential = credentialSetting(options, preset, keySecretId);
  const models = modelsOf(options, preset);
  if (endpoint === undefined || credential === undefined || models.length === 0)
    throw new UserError(
      options.preset === undefined
        ? "A provider needs --endpoint, --credential and --model, or all settings in --file, or --preset."
        : `The preset ${options.preset} has no models of its own; name them with --model ${MODEL_FORM}.`,
    );
  const { dialect = preset?.dialect ?? PROVIDER_VALUES.dialect, rateLimit } = options;
  return {
    ...PROVIDER_VALUES,
    dialect,
    endpoint,
    region: options.region ?? preset?.region ?? PROVIDER_VALUES.region,
    credential,
    rateLimit: rateLimit === undefined ? (preset?.rateLimit ?? null) : rateLimitOf(rateLimit),
    maxInFlight: numberOf("--max-in-flight", options.maxInFlight) ?? PROVIDER_VALUES.maxInFlight,
    priority: numberOf("--priority", options.priority) ?? PROVIDER_VALUES.priority,
    emergencyOnly: options.emergencyOnly ?? PROVIDER_VALUES.emergencyOnly,
    monthlyCapUsd: numberOf("--monthly-cap", options.monthlyCap) ?? PROVIDER_VALUES.monthlyCapUsd,
    allowPrivateHosts: preset?.allowPrivateHosts ?? PROVIDER_VALUES.allowPrivateHosts,
    models: Object.fromEntries(models),
  };
}

/** @throws {UserError} when there is no such preset */
export function presetOf(name: string | undefined): ProviderPreset | undefined {
  if (name === undefined) return undefined;
  const preset = PROVIDER_PRESETS.get(name);
  if (preset !== undefined) return preset;
  const names = [...PROVIDER_PRESETS.keys()].join(", ");
  throw new UserError(`--preset must be a provider that Sluice knows, got ${name}; use one of ${names}.`);
}

function endpointOf({ endpoint, region }: ProviderOptions, preset: ProviderPreset | undefined): string | undefined {
  if (endpoint !== undefined || preset === undefined) return endpoint;
  const known = presetEndpoint(preset, region);
  if (known !== null) return known;
  throw new UserError(`${preset.title} has an address for each customer; add --endpoint ${preset.endpointForm}.`);
}

function credentialSetting(
  { credential }: ProviderOptions,
  preset: ProviderPreset | undefined,
  keySecretId: string | undefined,
): ProviderSettings["credential"] | undefined {
  if (credential !== undefined) return credentialOf(credential);
  if (preset === undefined) return undefined;
  return keySecretId === undefined ? { from: "none" } : { from: "secret", secretId: keySecretId };
}

type NamedModel = readonly [string, ProviderSettings["models"][string]];

/** The models of the options: a bare name is one of the preset's. All of the preset's where none is named. */
function modelsOf({ model, preset: name }: ProviderOptions, preset: ProviderPreset | undefined): readonly NamedModel[] {
  const known = new Map(Object.entries(preset === undefined ? {} : presetModels(preset)));
  if (model === undefined) return [...known];
  return model.map((text) => {
    if (text.includes(",") || preset === undefined) return modelOf(text);
    const found = known.get(text);
    if (found !== undefined) return [text, found];
    throw new UserError(
      `--model must be a model of the preset ${name}, got ${text}; ` +
        `use ${[...known.keys(), MODEL_FORM].join(" or ")}.`,
    );
  });
}

/** The source of the provider's key. Any other text may be the key itself: it is refused, and not repeated. */
function credentialOf(text: string): ProviderSettings["credential"] {
  if (text === "environment" || text === "none") return { from: text };
  const secretId = /^secret:(.+)$/.exec(text)?.[1];
  if (secretId !== undefined) return { from: "secret", secretId };
  throw new UserError(
    `--credential must name the source of the provider's key, never the key; ` +
      `write ${CREDENTIAL_FORM} (the value is not repeated here).`,
  );
}

function rateLimitOf(text: string): { readonly requests: number; readonly per: string } {
  const [, requests, per] = /^(\d+)\/(minute|hour)$/.exec(text) ?? [];
  if (requests !== undefined && per !== undefined) return { requests: Number(requests), per };
  throw new UserError(`--rate-limit must be requests per minute or hour, got ${text}; write it as 500/minute.`);
}

function modelOf(text: string): readonly [string, ProviderSettings["models"][string]] {
  const [name = "", ...parts] = text.split(",");
  const fields = new Map(parts.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]));
  const known = ["context", "input", "output", "can"];
  const isWhole = ["context", "input", "output"].every((field) => fields.has(field));
  if (name === "" || !isWhole || [...fields.keys()].some((field) => !known.includes(field)))
    throw new UserError(`--model must have its context and prices, got ${text}; write it as ${MODEL_FORM}.`);
  const number = (field: string) => numberOf(`--model ${name}: ${field}`, fields.get(field)) ?? 0;
  return [
    name,
    {
      contextTokens: number("context"),
      capabilities: (fields.get("can") ?? "").split("+").filter(Boolean).map(capabilityOf),
      inputUsdPerMillion: number("input"),
      outputUsdPerMillion: number("output"),
    },
  ];
}

function capabilityOf(text: string): Capability {
  const capability = Capability.safeParse(text);
  if (capability.success) return capability.data;
  throw new UserError(`--model: can must be capabilities, got ${text}; use ${Capability.options.join(", ")}.`);
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new UserError(`${option} must be a number, got ${text}; write it in digits.`);
}
