import { allowsModel } from "../../domain/keys/check-key.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { TargetTable } from "../routing/target-table.ts";
import type { ModelKey } from "./model-cards.ts";

/** One page of models in Anthropic's form. */
export interface AnthropicModelList {
  readonly data: readonly AnthropicModel[];
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
}

export interface AnthropicModel {
  readonly type: "model";
  readonly id: string;
  readonly display_name: string;
  /** RFC 3339. */
  readonly created_at: string;
}

/** Anthropic's own limits. */
const DEFAULT_MODELS = 20;
const MAX_MODELS = 1000;

/**
 * `GET /v1/models` for Anthropic's SDKs.
 * @param created Unix seconds @throws {GatewayError} `invalid_request` for a limit that is none
 */
export function anthropicModelList(
  { routes }: TargetTable,
  created: number,
  query: URLSearchParams,
  key: ModelKey,
): AnthropicModelList {
  const limit = Number(query.get("limit") ?? DEFAULT_MODELS);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_MODELS)
    throw new GatewayError("invalid_request", {
      param: "limit",
      message: `\`limit\` must be a whole number from 1 to ${MAX_MODELS}; correct it.`,
    });
  const names = [...routes.keys()].filter((name) => allowsModel(key, name));
  const after = query.get("after_id");
  const before = query.get("before_id");
  const end = before === null ? names.length : Math.max(0, names.indexOf(before));
  const start = before === null ? (after === null ? 0 : names.indexOf(after) + 1) : Math.max(0, end - limit);
  const page = names.slice(start, Math.min(start + limit, end));
  return {
    data: page.map((id) => anthropicModel(id, created)),
    has_more: before === null ? start + limit < names.length : start > 0,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}

export function anthropicModel(id: string, created: number): AnthropicModel {
  return { type: "model", id, display_name: id, created_at: new Date(created * 1000).toISOString() };
}
