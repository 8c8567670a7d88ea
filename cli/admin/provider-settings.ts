import { Capability, type ProviderSettings } from "../../contracts/targets/target-settings.ts";
import { UserError } from "../terminal/user-error.ts";
import { onlyFile, readSettingsFile } from "./settings-file.ts";

/** The options of a provider; `--file` has all settings that an environment file can have. */
export interface ProviderOptions {
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

/** Settings that have no option or a default, as in the example of docs/providers.md. */
export const PROVIDER_DEFAULTS = {
  dialect: "openai",
  timeouts: { connectSeconds: 2, firstByteSeconds: 15, idleSeconds: 30, totalSeconds: 300 },
  maxConnections: 100,
  maxInFlight: 100,
  priority: 10,
} as const;

const PARTS = [
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
 * @throws {UserError} when an option is malformed
 */
export function providerSettings(options: ProviderOptions): unknown {
  if (options.file !== undefined) {
    onlyFile({ ...options }, PARTS);
    return readSettingsFile(options.file);
  }
  const { endpoint, credential, model = [], region = null, rateLimit, monthlyCap } = options;
  if (endpoint === undefined || credential === undefined || model.length === 0)
    throw new UserError("A provider needs --endpoint, --credential and --model, or all settings in --file.");
  const { dialect = PROVIDER_DEFAULTS.dialect, emergencyOnly = false } = options;
  const { timeouts, maxConnections } = PROVIDER_DEFAULTS;
  return {
    dialect,
    endpoint,
    region,
    credential: credentialOf(credential),
    rateLimit: rateLimit === undefined ? null : rateLimitOf(rateLimit),
    timeouts,
    maxConnections,
    maxInFlight: numberOf("--max-in-flight", options.maxInFlight) ?? PROVIDER_DEFAULTS.maxInFlight,
    priority: numberOf("--priority", options.priority) ?? PROVIDER_DEFAULTS.priority,
    emergencyOnly,
    monthlyCapUsd: numberOf("--monthly-cap", monthlyCap) ?? null,
    healthCheck: null,
    allowPrivateHosts: [],
    models: Object.fromEntries(model.map((text) => modelOf(text))),
  };
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
