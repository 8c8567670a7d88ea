import { expect, it } from "vitest";
import type { PendingWork } from "../../../domain/tenancy/pending-marks.ts";
import { seededRandom } from "../../../lib/seeded-random.ts";
import { type PendingTools, runPending } from "./run-pending.ts";

it("reaches an organisation's only record in the first run, though another one has 300 that take eight seconds each", async () => {
  const clock = { ms: Date.UTC(2026, 10, 30) };
  const many: readonly PendingWork[] = Array.from({ length: 300 }, (_, index) => ({
    kind: "retention",
    organizationId: "org-a",
    id: `project-${index}`,
  }));
  const waiting: readonly PendingWork[] = [...many, { kind: "retention", organizationId: "org-b", id: "project" }];
  const reached: string[] = [];
  const store: Pick<PendingTools["store"], "get"> = {
    get: (organizationId) => {
      reached.push(organizationId);
      clock.ms += 8000;
      return Promise.resolve(undefined);
    },
  };
  await runPending({
    store,
    pending: { list: () => Promise.resolve(waiting) },
    now: () => clock.ms,
    wait: (milliseconds: number) => {
      clock.ms += milliseconds;
      return Promise.resolve();
    },
    random: seededRandom(1),
  } as unknown as PendingTools);
  expect(reached.length).toBeLessThan(8);
  expect(reached).toContain("org-b");
});
