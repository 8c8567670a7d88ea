import { expect, test } from "vitest";
import { Erasure } from "../contracts/erasure/erasure.ts";
import { ProjectRetention } from "../contracts/retention/retention.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { controlledTwin } from "./test/controlled-twin.ts";

/** A schedule of a minute, a run, and the sealer's minute. */
const WITHIN_MS = 180_000;

// documented: pending-work-in-the-stack
test(
  "an erasure that was begun by one request is completed and signed by the stack's schedules, and a project's retention is applied",
  async () => {
    const { send } = await controlledTwin();
    const create = async (name: string) => (await send("POST", "/projects", { name })) as { readonly id: string };
    const [erased, stays] = [await create("one"), await create("two")];
    const retention = await send("POST", `/projects/${stays.id}/retention`, { responses: 7 });
    expect(ProjectRetention.parse(retention).applied).toBe(false);
    const begun = await send("POST", "/erasures", { subject_id: erased.id });
    expect(Erasure.parse(begun).status).toBe("in_progress");
    await eventually(
      async () => {
        const erasure = Erasure.parse(await send("GET", `/erasures/${erased.id}`));
        expect(erasure.status).toBe("completed");
        expect(erasure.report?.statement.subject).toBe(erased.id);
        expect(ProjectRetention.parse(await send("GET", `/projects/${stays.id}/retention`)).applied).toBe(true);
      },
      { timeoutMs: WITHIN_MS, everyMs: 1000 },
    );
  },
  2 * WITHIN_MS,
);
