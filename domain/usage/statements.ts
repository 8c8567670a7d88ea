import type { ChargeLine } from "./charge-line.ts";

/** One kind of tokens of a model in a month. */
export interface StatementItem {
  readonly model: string;
  readonly item: string;
  readonly tokens: number;
  readonly nanoUsd: number;
}

/** What a project is charged for a month; undefined for requests without a project. */
export interface Statement {
  readonly projectId: string | undefined;
  readonly items: readonly StatementItem[];
  readonly nanoUsd: number;
}

/** A statement for each project with charges or tokens, by its id, requests without a project last. Amounts are summed as integers. */
export function statementsOf(lines: readonly ChargeLine[]): readonly Statement[] {
  return [...Map.groupBy(lines, ({ projectId }) => projectId)]
    .map(([projectId, own]) => ({ projectId, items: itemsOf(own), nanoUsd: sumOf(own) }))
    .sort(
      (a, b) =>
        Number(a.projectId === undefined) - Number(b.projectId === undefined) || compare(a.projectId, b.projectId),
    );
}

export function sumOf(lines: readonly { readonly nanoUsd: number }[]): number {
  return lines.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0);
}

function itemsOf(lines: readonly ChargeLine[]): readonly StatementItem[] {
  const byItem = Map.groupBy(lines, ({ model, item }) => JSON.stringify([model, item]));
  return Array.from(byItem.values(), (same) => {
    const { model = "", item = "" } = same[0] ?? {};
    return { model, item, tokens: same.reduce((sum, { tokens }) => sum + tokens, 0), nanoUsd: sumOf(same) };
  }).sort((a, b) => compare(a.model, b.model) || compare(a.item, b.item));
}

function compare(a = "", b = ""): number {
  return a < b ? -1 : Number(a > b);
}
