import { onTestFinished } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import { startFakeEngine } from "../../test-support/fake-engine.ts";
import { stackOwner } from "./stack-owner.ts";
import { startedTwin } from "./started-twin.ts";

/** The stack of dev with the control API, keys required and a fake engine, until the test ends; `send` is a request of its owner to `/v1/organization…`. */
export async function controlledTwin() {
  const dev = await loadEnvironment("dev");
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const environment = { ...dev, api: { ...dev.api, auth: "required" as const, controlApi: true } };
  const twin = await startedTwin(environment, { SLUICE_ENGINE_URL: engine.origin });
  const { adminKey } = await stackOwner(twin);
  const send = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${twin.runtime.settings.apiUrl}/v1/organization${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return await response.json();
  };
  return { twin, send };
}
