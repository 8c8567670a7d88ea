import OpenAI from "openai";
import { onTestFinished } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import type { Environment } from "../../settings/environment.ts";
import { startFakeEngine } from "../../test-support/fake-engine.ts";
import { stackOwner } from "./stack-owner.ts";
import { startedTwin } from "./started-twin.ts";

/**
 * The stacks of dev with the local issuer and a project, to which `invited` is invited. It ends with the test.
 * @param changes to the environment
 */
export async function peopleStack(invited: string, changes: Pick<Partial<Environment>, "history"> = {}) {
  const dev = await loadEnvironment("dev");
  const engine = await startFakeEngine();
  onTestFinished(() => engine.stop());
  const environment = {
    ...dev,
    ...changes,
    api: { ...dev.api, auth: "required" as const, controlApi: true },
    identity: { workloads: [], people: { issuer: "local", clientId: "sluice" } },
  };
  const twin = await startedTwin(
    { ...environment, site: { ...dev.site, console: "on" } },
    { SLUICE_ENGINE_URL: engine.origin },
  );
  const { apiUrl, siteUrl, issuerUrl } = twin.runtime.settings;
  const { adminKey } = await stackOwner(twin);
  const sdk = (key: string) => new OpenAI({ adminAPIKey: key, apiKey: key, baseURL: `${apiUrl}/v1`, maxRetries: 0 });
  const { organization } = sdk(adminKey).admin;
  const project = await organization.projects.create({ name: "search" });
  const projects = [{ id: project.id, role: "member" as const }];
  await organization.invites.create({ email: invited, role: "reader", projects });
  const generate = (key: string) =>
    sdk(key).chat.completions.create({ model: "phi-3-mini", messages: [{ role: "user", content: "x" }] });
  return { apiUrl, siteUrl, issuerUrl, organization, project, generate };
}
