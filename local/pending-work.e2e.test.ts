import { expect, onTestFinished, test } from "vitest";
import { Erasure } from "../contracts/erasure/erasure.ts";
import { ProjectRetention } from "../contracts/retention/retention.ts";
import { loadEnvironment } from "../environments/load.ts";
import { startFakeEngine } from "../test-support/fake-engine.ts";
import { eventually } from "../test-support/waits/eventually.ts";
import { stackOwner } from "./test/stack-owner.ts";
import { startedTwin } from "./test/started-twin.ts";

/** A schedule of a minute, a run, and the sealer's minute. */
const WITHIN_MS = 180_000;

// documented: pending-work-in-the-stack
test(
  "an erasure that was begun by one request is completed and signed by the stack's schedules, and a project's retention is applied",
  async () => {
    const dev = await loadEnvironment("dev");
    const engine = await startFakeEngine();
    onTestFinished(() => engine.stop());
    const environment = { ...dev, api: { ...dev.api, auth: "required" as const, controlApi: true } };
    const twin = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
    const { adminKey } = await stackOwner(twin);
    const send = async (method: string, path: string, body?: unknown) => {
      const response = await fetch(`${twin.runtime.settings.apiUrl}/v1/organization${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return (await response.json()) as { readonly id: string };
    };
    const [erased, stays] = [
      await send("POST", "/projects", { name: "one" }),
      await send("POST", "/projects", { name: "two" }),
    ];
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
