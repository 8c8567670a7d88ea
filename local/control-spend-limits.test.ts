import { describe, expect, test } from "vitest";
import { usageEvent } from "../domain/usage/test/usage-events.ts";
import { NOW, used } from "./test/control/used-organization.ts";

describe("spend limits in the control API", () => {
  const CENTS = { currency: "USD", interval: "month", threshold_amount: 5 } as const;

  // documented: control-spend-limits
  test("are a limit of money of the subject, and enforcing once the month's charge reaches it", async () => {
    const charge = { endedAt: new Date(NOW * 1000).toISOString(), chargeNanoUsd: 40_000_000 };
    const before = usageEvent({ ...charge, id: "req_before", endedAt: "2020-01-31T23:59:59.000Z" });
    const { organization, store } = await used([usageEvent({ ...charge, projectId: "proj_a" }), before]);
    await store.write("org-a", [
      { action: "create", record: { kind: "project", version: 1, id: "proj_a", name: "a", createdAt: 1 } },
    ]);
    const { spendLimit, projects } = organization;
    await expect(spendLimit.retrieve()).rejects.toThrow(/has no spend limit/);
    expect(await spendLimit.update(CENTS)).toEqual({
      object: "organization.spend_limit",
      ...CENTS,
      enforcement: { status: "inactive" },
    });
    const reached = await projects.spendLimit.update("proj_a", { ...CENTS, threshold_amount: 4 });
    expect(reached.enforcement.status).toBe("enforcing");
    expect(await projects.spendLimit.retrieve("proj_a")).toEqual(reached);
    expect(await store.get("org-a", { kind: "limits", ids: ["project", "proj_a"] })).toMatchObject({
      limits: [{ metric: "nano_usd", window: "month", max: 40_000_000 }],
    });
    await projects.spendLimit.update("proj_a", CENTS);
    expect((await projects.spendLimit.retrieve("proj_a")).threshold_amount).toBe(5);
    expect(await projects.spendLimit.delete("proj_a")).toEqual({
      object: "project.spend_limit.deleted",
      deleted: true,
    });
    expect((await spendLimit.delete()).deleted).toBe(true);
    await expect(spendLimit.delete()).rejects.toMatchObject({ status: 404 });
    const events = await organization.auditLogs.list({ resource_ids: ["organization", "proj_a"], limit: 9 });
    expect(events.data.map(({ type }) => type as string)).toEqual([
      "spend_limit.deleted",
      "spend_limit.deleted",
      "spend_limit.updated",
      "spend_limit.updated",
      "spend_limit.updated",
    ]);
  });
});
