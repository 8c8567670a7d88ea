import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { keysTableName } from "../contracts/processes/names.ts";
import { validateEnvironment } from "../environments/validate.ts";
import { OWN_FOLDER } from "../lib/installation.ts";
import { waitUntilReady } from "../local/first-request.ts";
import { createStartKey } from "../local/start-key.ts";
import { startTwin } from "../local/twin.ts";
import { synthesizeEnvironment } from "../stacks/environment-stacks.ts";
import { environmentWith } from "./environment.ts";

/** The stacks of `environment.ts` on this machine, with real processes and sockets. */
export interface LocalGateway {
  /** Without `/v1`. */
  readonly url: string;
  createKey(): Promise<string>;
  stop(): Promise<void>;
}

/** Starts API Gateway's twin, the gateway's bundle and an engine process, with providers and engine at `upstreamUrl`. */
export async function startLocalGateway(upstreamUrl: string, path: string): Promise<LocalGateway> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-agents-"));
  const environment = environmentWith(upstreamUrl);
  const outputFolder = join(folder, "cdktf.out");
  const app = new App({ outdir: outputFolder, stackTraces: false });
  const built = (name: string) => join(OWN_FOLDER, "dist", name);
  synthesizeEnvironment(app, validateEnvironment(environment, "agents/environment.ts"), {
    site: built("site"),
    console: built("console"),
    lambdas: built("lambdas"),
    gateway: built("gateway"),
  });
  app.synth();
  const twin = await startTwin({
    environment: environment.name,
    outputFolder,
    projectFolder: OWN_FOLDER,
    workFolder: folder,
    apiPort: 0,
    sitePort: 0,
    keepsData: false,
    variables: {},
    passedEnvironment: { PATH: path, SLUICE_ENGINE_URL: upstreamUrl },
    report: () => {},
  });
  await waitUntilReady(twin, 100);
  return {
    url: twin.runtime.settings.apiUrl,
    createKey: () => createStartKey(twin, keysTableName(environment.name), new Date()),
    async stop() {
      await twin.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
