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

/** Where a stack is and what it prints. */
export interface StartedTwinOptions {
  /** When it ends. @default - with the test */
  readonly onEnd?: OnEnd;
  /** Folder that stores tables and objects, for a later start. @default - a new one, without what was stored */
  readonly folder?: string;
  /** @default - its lines are not read */
  readonly report?: (line: string) => void;
}

/** An environment's stacks, synthesized and running. */
export async function startedTwin(
  environment: Environment,
  passedEnvironment: Readonly<Record<string, string>>,
  { onEnd = onTestFinished, report = () => {}, ...options }: StartedTwinOptions = {},
): Promise<Twin> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), "sluice-twin-"));
  if (options.folder === undefined) onEnd(() => rmSync(folder, { recursive: true, force: true }));
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
    keepsData: options.folder !== undefined,
    variables: {},
    passedEnvironment: { PATH: process.env.PATH ?? "", ...passedEnvironment },
    report,
  });
  onEnd(() => twin.stop());
  await waitUntilReady(twin, 100);
  return twin;
}
