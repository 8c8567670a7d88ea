import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { onTestFinished } from "vitest";
import { validateEnvironment } from "../../environments/validate.ts";
import { OWN_FOLDER } from "../../lib/installation.ts";
import type { Environment } from "../../settings/environment.ts";
import { synthesizeEnvironment } from "../../stacks/environment-stacks.ts";
import { waitUntilReady } from "../first-request.ts";
import { startTwin, type Twin } from "../twin.ts";

/** Calls `end` when what was started is no longer needed. */
export type OnEnd = (end: () => void | Promise<void>) => void;

/** An environment's stacks, synthesized and running. @param onEnd when they end. @default - with the test */
export async function startedTwin(
  environment: Environment,
  passedEnvironment: Readonly<Record<string, string>>,
  onEnd: OnEnd = onTestFinished,
): Promise<Twin> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-twin-"));
  onEnd(() => rmSync(folder, { recursive: true, force: true }));
  const app = new App({ outdir: join(folder, "cdktf.out"), stackTraces: false });
  const built = (name: string) => join(OWN_FOLDER, "dist", name);
  const checked = validateEnvironment(environment, "environments/dev.ts");
  synthesizeEnvironment(app, checked, {
    site: built("site"),
    console: built("console"),
    lambdas: built("lambdas"),
    gateway: built("gateway"),
  });
  app.synth();
  const twin = await startTwin({
    environment: environment.name,
    outputFolder: join(folder, "cdktf.out"),
    projectFolder: OWN_FOLDER,
    workFolder: folder,
    apiPort: 0,
    sitePort: 0,
    keepsData: false,
    variables: {},
    passedEnvironment: { PATH: process.env.PATH ?? "", ...passedEnvironment },
    report: () => {},
  });
  onEnd(() => twin.stop());
  await waitUntilReady(twin, 60);
  return twin;
}
