import * as z from "zod";

const Plan = z.object({
  resource_changes: z
    .array(z.object({ address: z.string(), change: z.object({ actions: z.array(z.string()) }) }))
    .default([]),
  output_changes: z.record(z.string(), z.object({ actions: z.array(z.string()) })).default({}),
});

/** The changes of a plan: addresses of resources by action. */
export interface PlanSummary {
  readonly add: readonly string[];
  readonly change: readonly string[];
  readonly replace: readonly string[];
  readonly destroy: readonly string[];
  /** Names of outputs that change. */
  readonly outputs: readonly string[];
}

/**
 * Sums up a plan.
 * @param json output of `tofu show -json <plan>`
 */
export function planSummary(json: string): PlanSummary {
  const { resource_changes, output_changes } = Plan.parse(JSON.parse(json));
  const doing = (...actions: readonly string[]) =>
    resource_changes.filter(({ change }) => actions.includes(change.actions.join("+"))).map(({ address }) => address);
  return {
    add: doing("create"),
    change: doing("update"),
    replace: doing("delete+create", "create+delete"),
    destroy: doing("delete"),
    outputs: Object.entries(output_changes)
      .filter(([, { actions }]) => actions.some((action) => action !== "no-op"))
      .map(([name]) => name),
  };
}

/** Whether applying changes a resource or an output. */
export function hasChanges({ add, change, replace, destroy, outputs }: PlanSummary): boolean {
  return [add, change, replace, destroy, outputs].some(({ length }) => length > 0);
}

/** A line with the counts, then a line for each resource that is replaced or destroyed. */
export function summaryLines(stack: string, summary: PlanSummary): readonly string[] {
  const { add, change, replace, destroy, outputs } = summary;
  if (!hasChanges(summary)) return [`${stack}: no changes`];
  const counts = [
    [add, "to add"],
    [change, "to change"],
    [replace, "to replace"],
    [destroy, "to destroy"],
  ] as const;
  const counted = counts.filter(([{ length }]) => length > 0).map(([{ length }, what]) => `${length} ${what}`);
  return [
    `${stack}: ${counted.length > 0 ? counted.join(", ") : `${outputs.length} outputs to change`}`,
    ...replace.map((address) => `  replace  ${address}`),
    ...destroy.map((address) => `  destroy  ${address}`),
  ];
}
