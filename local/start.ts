import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { keysTableName } from "../contracts/processes/names.ts";
import { OWN_FOLDER, ownScript, repositoryFolder } from "../lib/installation.ts";
import { firstRequest, waitUntilReady } from "./first-request.ts";
import { outputFolder, workFolder } from "./folders.ts";
import { passedEnvironment, START_HELP, type StartOptions, startOptions, tofuVariables } from "./options.ts";
import { notModelledFile, notModelledList, readyMessage, runningTable } from "./report.ts";
import { buildAll } from "./setup/build-all.ts";
import { onParentGone } from "./setup/run-child.mjs";
import { runStep } from "./setup/run-step.ts";
import { createStartKey, removeStartKeys } from "./start-key.ts";
import { readState, removeState, stateOf, writeState } from "./state-file.ts";
import { startTwin, type Twin } from "./twin.ts";

/** Loading a larger model from a slow disk takes minutes, and vLLM takes two on an idle machine. */
const READY_LIMIT_SECONDS = 1800;

const repository = repositoryFolder();
const work = workFolder(process.env);
const output = outputFolder(process.env);
const log = (line: string) => console.error(`sluice: ${line}`);

async function start(options: StartOptions): Promise<void> {
  const startedAt = new Date();
  const running = readState(work);
  if (running)
    throw new Error(
      `Sluice already runs here (${running.environment}): API ${running.apiUrl}, page ${running.siteUrl}; stop it with Ctrl-C there.`,
    );
  if (options.fresh) rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  if (!process.env.SLUICE_ENGINE_URL)
    await runStep(repository, ownScript(options.runsVllm ? "engine/vllm/set-up.ts" : "engine/fetch-model.ts"), {
      showsProgress: true,
    });
  await buildAll(OWN_FOLDER, log);
  log(`synthesizing the stacks of ${options.environment} …`);
  await runStep(repository, ownScript("stacks/main.ts"), {
    environment: { SLUICE_ENVIRONMENT: options.environmentFile ?? options.environment, CDKTF_OUTDIR: output },
  });
  log("starting what they describe …");
  const twin = await startTwin({
    environment: options.environment,
    outputFolder: output,
    projectFolder: OWN_FOLDER,
    workFolder: work,
    apiPort: options.apiPort,
    sitePort: options.sitePort,
    timeFactor: options.timeFactor,
    keepsData: true,
    variables: tofuVariables(process.env),
    passedEnvironment: passedEnvironment(process.env),
    report: log,
  });
  writeFileSync(notModelledFile(work), notModelledList(twin));
  const ended = stopOnSignal(twin, options.environment);
  const update = () => writeState(work, stateOf(options, startedAt, twin));
  update();
  const stopped = await Promise.race([serve(twin, startedAt, options.environment), ended]);
  update();
  // Instances come and go; tools read their pids from the file.
  const timer = setInterval(update, 2000);
  if (stopped !== "stopped") await ended;
  clearInterval(timer);
  removeState(work);
}

async function serve(twin: Twin, startedAt: Date, environment: string): Promise<"ready"> {
  try {
    const [model = ""] = await waitUntilReady(twin, READY_LIMIT_SECONDS, log);
    console.log(runningTable(environment, twin));
    const { apiUrl } = twin.runtime.settings;
    const open = await firstRequest(apiUrl, model);
    const key = open === undefined ? await createStartKey(twin, keysTableName(environment), startedAt) : undefined;
    const text = open ?? (await firstRequest(apiUrl, model, { key })) ?? "";
    console.log(readyMessage({ twin, model, text, key, seconds: (Date.now() - startedAt.getTime()) / 1000 }));
    return "ready";
  } catch (error) {
    await twin.stop();
    removeState(work);
    throw error;
  }
}

/** Ctrl-C and SIGTERM stop everything, and so does the end of what started it; a second signal ends at once. */
function stopOnSignal(twin: Twin, environment: string): Promise<"stopped"> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = () => {
      if (stopping) process.exit(1);
      stopping = true;
      log("stopping …");
      removeStartKeys(twin, keysTableName(environment))
        .then(() => twin.stop())
        .then(() => resolve("stopped"), reject);
    };
    process.on("SIGINT", stop);
    process.on("SIGTERM", stop);
    onParentGone(() => stopping || stop());
  });
}

try {
  const options = startOptions(process.argv.slice(2), process.env);
  if (options.help) console.log(START_HELP);
  else await start(options);
  process.exit();
} catch (error) {
  log(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
