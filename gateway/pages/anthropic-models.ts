import { allowsModel } from "../../domain/keys/check-key.ts";
import { limitIn, type RequestQuery, wrongCursor } from "../http/list-query.ts";
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
const PAGE = { usual: 20, most: 1000 };

/**
 * `GET /v1/models` for Anthropic's SDKs.
 * @param created Unix seconds @throws {GatewayError} `invalid_request` for a wrong limit or cursor
 */
export function anthropicModelList(
  { routes }: TargetTable,
  created: number,
  query: RequestQuery,
  key: ModelKey,
): AnthropicModelList {
  const limit = limitIn(query, PAGE);
  const names = [...routes.keys()].filter((name) => allowsModel(key, name));
  const after = indexIn(names, query, "after_id");
  const before = indexIn(names, query, "before_id");
  const end = before ?? names.length;
  const start = before === undefined ? (after ?? -1) + 1 : Math.max(0, end - limit);
  const page = names.slice(start, Math.min(start + limit, end));
  return {
    data: page.map((id) => anthropicModel(id, created)),
    has_more: before === undefined ? start + limit < names.length : start > 0,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}

function indexIn(names: readonly string[], query: RequestQuery, param: string): number | undefined {
  const name = query.get(param);
  if (name === null) return undefined;
  const index = names.indexOf(name);
  if (index < 0) throw wrongCursor(param, name);
  return index;
}

export function anthropicModel(id: string, created: number): AnthropicModel {
  return { type: "model", id, display_name: id, created_at: new Date(created * 1000).toISOString() };
}
