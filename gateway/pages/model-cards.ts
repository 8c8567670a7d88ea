import type { ModelCard, ModelList } from "../../contracts/api/models.ts";
import type { Markup } from "../../contracts/limits/markup.ts";
import { Capability } from "../../contracts/targets/target-settings.ts";
import { allowsModel, type ModelAccess } from "../../domain/keys/check-key.ts";
import { type MarkedUp, markupFactor, type PayingKey, payerOf } from "../../domain/limits/markup.ts";
import { decimalProduct } from "../../domain/limits/nano-usd.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { Target } from "../core/target.ts";
import { PoolTarget } from "../engines/pool-target.ts";
import type { RouteEntry, TargetTable } from "../routing/target-table.ts";

/** The caller's key; `undefined` for a caller without one. */
export type ModelKey = (ModelAccess & PayingKey) | undefined;

/** What prices of models depend on. */
export interface CardPricing {
  readonly markups: readonly Markup[];
  readonly wallClock: () => number;
}

/**
 * `GET /v1/models`: every public name that the key may use, whether it can be served now or not.
 * @param created Unix seconds
 */
export function modelList({ routes }: TargetTable, created: number, key: ModelKey, pricing: CardPricing): ModelList {
  const allowed = [...routes.values()].filter(({ name }) => allowsModel(key, name));
  return { object: "list", data: allowed.map((route) => modelCard(route, created, key, pricing)) };
}

/**
 * `GET /v1/models/{id}`.
 * @throws {GatewayError} `model_not_found`, for a model that the key may not use too, or `not_found` for an id that is no percent-encoded text
 */
export function modelById(
  { routes }: TargetTable,
  encodedId: string,
  created: number,
  key: ModelKey,
  pricing: CardPricing,
): ModelCard {
  const id = decode(encodedId);
  const route = allowsModel(key, id) ? routes.get(id) : undefined;
  if (route === undefined)
    throw new GatewayError("model_not_found", {
      message: `The model ${JSON.stringify(id.slice(0, 80))} does not exist here. \`GET /v1/models\` lists those that do.`,
      param: "model",
    });
  return modelCard(route, created, key, pricing);
}

/** The first target's weights where they are our own, and the most context that any target has. */
function modelCard(
  { name, targets, fallbacks }: RouteEntry,
  created: number,
  key: ModelKey,
  pricing: CardPricing,
): ModelCard {
  const all = [...targets, ...fallbacks].map(({ target }) => target);
  const [first] = all;
  const root = first instanceof PoolTarget ? first.pool.root : undefined;
  const context = Math.max(0, ...all.map(({ contextTokens }) => contextTokens));
  return {
    id: name,
    object: "model",
    created,
    owned_by: "sluice",
    root: root ?? name,
    ...(context === 0 ? {} : { max_model_len: context }),
    capabilities: Capability.options.filter((capability) => all.some((target) => canDo(target, capability))),
    ...priceOf(all, payerOf(key, name), pricing),
  };
}

function priceOf(
  targets: readonly Target[],
  payer: MarkedUp,
  { markups, wallClock }: CardPricing,
): Pick<ModelCard, "price"> {
  const [only, ...others] = targets;
  if (!(only instanceof PoolTarget) || only.price === undefined || others.length > 0) return {};
  const factor = markupFactor(markups, payer);
  const { inputUsdPerMillion, outputUsdPerMillion } = only.callerPriceAt(wallClock());
  return {
    price: {
      input_usd_per_million: decimalProduct(inputUsdPerMillion, factor),
      output_usd_per_million: decimalProduct(outputUsdPerMillion, factor),
    },
  };
}

function canDo(target: Target, capability: Capability): boolean {
  if (target instanceof PoolTarget) {
    const { seesImages = false, takesReasoningEffort = false } = target.pool.config;
    if (capability === "vision") return seesImages;
    if (capability === "reasoning") return takesReasoningEffort;
    if (capability === "audio") return false;
  }
  return target.capabilities.has(capability);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new GatewayError("not_found", {
      message: "The model id in the path is not valid percent-encoding. Encode it.",
    });
  }
}
