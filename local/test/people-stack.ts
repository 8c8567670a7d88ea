import OpenAI from "openai";
import { onTestFinished } from "vitest";
import type { PeopleSettings } from "../../contracts/processes/people.ts";
import { loadEnvironment } from "../../environments/load.ts";
import type { Environment } from "../../settings/environment.ts";
import { startFakeEngine } from "../../test-support/fake-engine.ts";
import { stackOwner } from "./stack-owner.ts";
import { type OnEnd, startedTwin } from "./started-twin.ts";

interface PeopleStackOptions {
  /** In place of the environment's own. */
  readonly history?: Environment["history"];
  readonly memberKeys?: Environment["api"]["memberKeys"];
  readonly usage?: Environment["usage"];
  /** Of the sign-in, beside the issuer. */
  readonly people?: Partial<PeopleSettings>;
  /** Of the stack, where its people sign in. @default - the local issuer alone */
  readonly userPool?: Environment["identity"]["userPool"];
  /** Whether the local model generates. @default - an engine that sends scripted pieces */
  readonly hasModel?: boolean;
  /** When it ends. @default - with the test */
  readonly onEnd?: OnEnd;
}

/** The stacks of dev with the local issuer and a project, to which `invited` is invited. */
export async function peopleStack(invited: string, options: PeopleStackOptions = {}) {
  const { people, userPool = null, memberKeys = null, hasModel = false, onEnd = onTestFinished, ...changes } = options;
  const dev = await loadEnvironment("dev");
  const engine = hasModel ? undefined : await startFakeEngine();
  onEnd(() => engine?.stop());
  const environment = {
    ...dev,
    ...changes,
    // All people of a test have one address.
    api: { ...dev.api, auth: "required" as const, controlApi: true, memberKeys, requestsPerMinutePerIp: 100_000 },
    identity: { workloads: [], people: { issuer: "local", clientId: "sluice", ...people }, userPool },
  };
  const twin = await startedTwin(
    { ...environment, site: { ...dev.site, console: "on" } },
    engine === undefined ? {} : { SLUICE_ENGINE_URL: engine.origin },
    { onEnd },
  );
  const { apiUrl, siteUrl, issuerUrl, workFolder } = twin.runtime.settings;
  const { adminKey, document } = await stackOwner(twin, onEnd);
  const sdk = (key: string) => new OpenAI({ adminAPIKey: key, apiKey: key, baseURL: `${apiUrl}/v1`, maxRetries: 0 });
  const { organization } = sdk(adminKey).admin;
  const project = await organization.projects.create({ name: "search" });
  const projects = [{ id: project.id, role: "member" as const }];
  await organization.invites.create({ email: invited, role: "reader", projects });
  const generate = (key: string) =>
    sdk(key).chat.completions.create({ model: "phi-3-mini", messages: [{ role: "user", content: "x" }] });
  /** Calls an operation of the control API that the SDK has no method for. @param path below `/v1/organization` */
  const control = (method: string, path: string, body?: object) =>
    fetch(`${apiUrl}/v1/organization${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { control, adminKey, document, workFolder, apiUrl, siteUrl, issuerUrl, organization, project, generate, sdk };
}
