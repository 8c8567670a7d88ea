import type { Cost } from "../../../contracts/control/usage.ts";
import type { UsageSums } from "../../../contracts/usage/usage-counter.ts";
import { NANO_USD_PER_USD } from "../../../domain/limits/nano-usd.ts";
import type { ControlHandler } from "../call/control-call.ts";
import { ControlError } from "../call/control-error.ts";
import type { UsageDimension } from "../usage/buckets-query.ts";
import { apiKeyId, groupValue, keyIdsOf, requestedUsage, usagePage } from "../usage/requested-usage.ts";
import type { UsageGroup } from "../usage/usage-buckets.ts";

const DIMENSIONS = {
  project_id: "projectId",
  user_id: "userId",
  api_key_id: "keyId",
  line_item: "model",
} as const satisfies Readonly<Record<string, UsageDimension>>;

/** The two line items of a model: what each is charged, and how many tokens it has. */
const LINE_ITEMS: Readonly<Record<string, (sums: UsageSums) => { readonly nanoUsd: number; readonly tokens: number }>> =
  {
    input_tokens: (sums) => ({ nanoUsd: sums.inputChargeNanoUsd, tokens: sums.inputTokens }),
    output_tokens: (sums) => ({ nanoUsd: sums.chargeNanoUsd - sums.inputChargeNanoUsd, tokens: sums.outputTokens }),
  };

/** The line item of a model where the operator's cost is shown: it is of input and output together. */
const PAID_ITEMS: typeof LINE_ITEMS = {
  "": (sums) => ({ nanoUsd: sums.costNanoUsd, tokens: sums.inputTokens + sums.outputTokens }),
};

/** What callers are charged, or what the operator pays, by the day. */
export const listCosts: ControlHandler<"listCosts"> = async (call) => {
  const { query } = call;
  const isPaid = query.amount === "cost";
  if (isPaid && call.caller.organizationId !== call.organization)
    throw new ControlError(
      "invalid_request",
      "amount=cost is what the operator pays, which only the operator's organisation sees; leave it out of the query.",
      { param: "amount", rule: "not-operator" },
    );
  const groupBy = new Set(query["group_by[]"] ?? []);
  const lineItems = query["line_items[]"];
  const needsModel = groupBy.has("line_item") || lineItems !== undefined;
  const dimensions = new Set([...groupBy].map((name) => DIMENSIONS[name]));
  if (needsModel) dimensions.add("model");
  const found = await requestedUsage(call, {
    width: query.bucket_width,
    startTime: query.start_time,
    endTime: query.end_time,
    page: query.page,
    limit: query.limit,
    groupBy: [...dimensions],
    filters: { projectId: query["project_ids[]"], keyId: keyIdsOf(query["api_key_ids[]"]) },
    lineItems,
    withCost: isPaid,
    resultsPerGroup: groupBy.has("line_item") ? Object.keys(isPaid ? PAID_ITEMS : LINE_ITEMS).length : 1,
    ownUserId: call.isOwnOnly ? call.caller.user.id : undefined,
  });
  const withUser = groupBy.has("user_id");
  const body = usagePage(found, ({ groups }) => {
    const sum = isPaid ? "costNanoUsd" : "chargeNanoUsd";
    if (!needsModel) return groups.map((group) => costOf(group, withUser, { nanoUsd: group.sums[sum] }));
    const items = groups.flatMap((group) => itemsOf(group, isPaid).map((item) => ({ group, ...item })));
    const wanted = items.filter(({ name }) => lineItems?.includes(name) ?? true);
    if (groupBy.has("line_item")) return wanted.map(({ group, ...item }) => costOf(group, withUser, item));
    return summed(wanted, withUser);
  });
  return { body };
};

interface LineItem {
  readonly name: string;
  readonly nanoUsd: number;
  readonly tokens: number;
}

function itemsOf({ values: { model = "" }, sums }: UsageGroup, isPaid: boolean): readonly LineItem[] {
  return Object.entries(isPaid ? PAID_ITEMS : LINE_ITEMS).map(([name, of]) => ({
    name: name === "" ? model : `${model}, ${name}`,
    ...of(sums),
  }));
}

/** Of line items that are not shown apart: one cost for each of the other groups. */
function summed(items: readonly (LineItem & { readonly group: UsageGroup })[], withUser: boolean): readonly Cost[] {
  const byGroup = Map.groupBy(items, ({ group }) => JSON.stringify({ ...group.values, model: undefined }));
  return Array.from(byGroup.values(), (same) => {
    const nanoUsd = same.reduce((sum, item) => sum + item.nanoUsd, 0);
    return same.slice(0, 1).map(({ group }) => costOf(group, withUser, { nanoUsd }));
  }).flat();
}

function costOf(
  { values }: UsageGroup,
  withUser: boolean,
  { nanoUsd, name, tokens }: { readonly nanoUsd: number } & Partial<LineItem>,
): Cost {
  return {
    object: "organization.costs.result",
    // The quotient of an integer is the double next to the exact amount, which JSON writes with all of its digits.
    amount: { value: nanoUsd / NANO_USD_PER_USD, currency: "usd" },
    project_id: groupValue(values.projectId),
    api_key_id: apiKeyId(values.keyId),
    line_item: name ?? null,
    quantity: tokens ?? null,
    ...(withUser ? { user_id: groupValue(values.userId) } : {}),
  };
}
