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

/** An environment's stacks, synthesized and running until the test is over. */
export async function startedTwin(
  environment: Environment,
  passedEnvironment: Readonly<Record<string, string>>,
): Promise<Twin> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-twin-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
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
  onTestFinished(() => twin.stop());
  await waitUntilReady(twin, 60);
  return twin;
}
