import * as z from "zod";
import type { TokenPrice } from "../../contracts/targets/token-prices.ts";

/** What one public source says of models: prices by `<provider>/<model>`, by our names of providers. */
export type PublicPrices = ReadonlyMap<string, TokenPrice>;

/** Entry of the price list of LiteLLM: dollars of one token. */
const LiteLlmEntry = z.object({
  litellm_provider: z.string(),
  input_cost_per_token: z.number().nonnegative(),
  output_cost_per_token: z.number().nonnegative(),
  cache_read_input_token_cost: z.number().nonnegative().optional().catch(undefined),
  cache_creation_input_token_cost: z.number().nonnegative().optional().catch(undefined),
  output_cost_per_reasoning_token: z.number().nonnegative().optional().catch(undefined),
});
/** A provider of models.dev's `api.json`: dollars of a million tokens. */
const ModelsDevProvider = z.object({
  models: z.record(
    z.string(),
    z.object({
      cost: z
        .object({
          input: z.number().nonnegative(),
          output: z.number().nonnegative(),
          cache_read: z.number().nonnegative().optional(),
          cache_write: z.number().nonnegative().optional(),
          reasoning: z.number().nonnegative().optional(),
        })
        .optional()
        .catch(undefined),
    }),
  ),
});

/** Our names of providers that a source calls otherwise. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  google: "gemini",
  "google-vertex": "vertex",
  "amazon-bedrock": "bedrock",
  bedrock_converse: "bedrock",
  togetherai: "together",
  together_ai: "together",
  fireworks_ai: "fireworks",
  "fireworks-ai": "fireworks",
};

/**
 * Reads a source's file in whichever of the two forms it has.
 * @returns undefined for a file in neither
 */
export function readPublicPrices(json: unknown): PublicPrices | undefined {
  const entries = Object.entries(z.record(z.string(), z.unknown()).safeParse(json).data ?? {});
  const liteLlm = entries.flatMap(([name, entry]) => liteLlmPrice(name, LiteLlmEntry.safeParse(entry).data));
  if (liteLlm.length > 0) return new Map(liteLlm);
  const modelsDev = entries.flatMap(([provider, entry]) =>
    Object.entries(ModelsDevProvider.safeParse(entry).data?.models ?? {}).flatMap(([model, { cost }]) =>
      cost === undefined ? [] : [[nameOf(provider, model), priceOf(cost)] as const],
    ),
  );
  return modelsDev.length > 0 ? new Map(modelsDev) : undefined;
}

function liteLlmPrice(
  name: string,
  entry: z.infer<typeof LiteLlmEntry> | undefined,
): readonly (readonly [string, TokenPrice])[] {
  if (entry === undefined) return [];
  const price = priceOf({
    input: million(entry.input_cost_per_token),
    output: million(entry.output_cost_per_token),
    cache_read: entry.cache_read_input_token_cost && million(entry.cache_read_input_token_cost),
    // It has 0 for providers that bill no writes, whose tokens are input like others.
    cache_write: entry.cache_creation_input_token_cost ? million(entry.cache_creation_input_token_cost) : undefined,
    reasoning: entry.output_cost_per_reasoning_token && million(entry.output_cost_per_reasoning_token),
  });
  const { litellm_provider: provider } = entry;
  const model = name.startsWith(`${provider}/`) ? name.slice(provider.length + 1) : name;
  return [[nameOf(provider, model), price]];
}

function nameOf(provider: string, model: string): string {
  return `${PROVIDER_NAMES[provider] ?? provider}/${model}`;
}

/** A price of a token has 12 significant digits at most: more are those of the double. */
function million(usd: number): number {
  return Number((usd * 1_000_000).toPrecision(12));
}

function priceOf(cost: {
  readonly input: number;
  readonly output: number;
  readonly cache_read?: number | undefined;
  readonly cache_write?: number | undefined;
  readonly reasoning?: number | undefined;
}): TokenPrice {
  return {
    inputUsdPerMillion: cost.input,
    outputUsdPerMillion: cost.output,
    ...(cost.cache_read === undefined ? {} : { cachedInputUsdPerMillion: cost.cache_read }),
    ...(cost.cache_write === undefined ? {} : { cacheWriteUsdPerMillion: cost.cache_write }),
    ...(cost.reasoning === undefined ? {} : { reasoningUsdPerMillion: cost.reasoning }),
  };
}
