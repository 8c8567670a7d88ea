import { homedir } from "node:os";
import { ENV } from "../contracts/process-environment.ts";
import { DEFAULT_LOCAL_MODEL } from "./local-models.ts";
import { findModelFile, type ModelFile, modelCacheDirectory } from "./model-file.ts";
import { Progress, type ProgressOutput } from "./progress.ts";

/** Finds or fetches the model that the environment names. Throws one line with the remedy. */
export function fetchModel(
  env: Readonly<Record<string, string | undefined>>,
  output: ProgressOutput,
): Promise<ModelFile> {
  return findModelFile({
    model: env[ENV.localModel] || DEFAULT_LOCAL_MODEL,
    cacheDirectory: modelCacheDirectory(env, homedir()),
    progress: new Progress(output),
  });
}

// `node engine/fetch-model.ts` prints the path as its last line.
if (import.meta.main) {
  try {
    const file = await fetchModel(process.env, process.stderr);
    process.stdout.write(`${file.path}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
