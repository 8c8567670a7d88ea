import { describe, expect, test } from "vitest";
import { usageEvent } from "../domain/usage/test/usage-events.ts";
import { DAY, EVENTS, NOW, results, sumOf, TODAY, used } from "./test/control/used-organization.ts";

describe("costs in the control API", () => {
  // documented: control-costs
  test("are what the events charge, to the nano-dollar, in total and by line item, project, user and key", async () => {
    const { organization } = await used(EVENTS);
    const charge = sumOf(EVENTS, ({ chargeNanoUsd }) => chargeNanoUsd);
    const nanoOf = (rows: ReturnType<typeof results>) =>
      rows.reduce((sum, { result }) => sum + Math.round((result.amount as { value: number }).value * 1e9), 0);
    const query = { start_time: TODAY - 2 * DAY };
    for (const group_by of [[], ["project_id"], ["line_item"], ["user_id", "api_key_id"], ["project_id", "line_item"]])
      expect(nanoOf(results(await organization.usage.costs({ ...query, group_by: group_by as [] })))).toBe(charge);
    const line_items = ["chat, large, input_tokens"];
    const inputs = EVENTS.filter(({ model }) => model === "chat, large");
    const ofInput = sumOf(inputs, ({ inputChargeNanoUsd }) => inputChargeNanoUsd);
    const [apart, together] = [
      results(await organization.usage.costs({ ...query, line_items, group_by: ["line_item"] })),
      results(await organization.usage.costs({ ...query, line_items })),
    ];
    expect([nanoOf(apart), nanoOf(together)]).toEqual([ofInput, ofInput]);
    expect(together.map(({ result }) => result.line_item)).toEqual(together.map(() => null));
    expect(apart.reduce((sum, { result }) => sum + Number(result.quantity), 0)).toBe(
      sumOf(inputs, ({ inputTokens }) => inputTokens),
    );
    const ofKey = { ...query, api_key_ids: ["key_aaaaaaaaaaaa"], group_by: ["user_id" as const] };
    const users = results(await organization.usage.costs(ofKey)).map(({ result }) => result.user_id);
    expect(new Set(users)).toEqual(new Set(["user-a", null]));
  });

  test("write a billionth of a dollar as such", async () => {
    const at = new Date(NOW * 1000).toISOString();
    const { organization } = await used([usageEvent({ endedAt: at, chargeNanoUsd: 1_234_567_891_234 })]);
    const page = await organization.usage.costs({ start_time: NOW });
    expect(JSON.stringify(results(page)[0]?.result.amount)).toBe('{"value":1234.567891234,"currency":"usd"}');
  });
});
