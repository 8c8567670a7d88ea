import { homedir } from "node:os";
import { ENV } from "../contracts/processes/process-environment.ts";
import type { ModelFiles } from "./local-backend.ts";
import { findEmbeddingFile } from "./models/embedding-file.ts";
import { DEFAULT_LOCAL_MODEL } from "./models/local-models.ts";
import { checkOwnFile, findModelFile, type ModelFile, modelCacheDirectory } from "./models/model-file.ts";
import { Progress, type ProgressOutput } from "./models/progress.ts";

/** Finds or fetches the model that the environment names. Throws an error of one line with the remedy. */
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

/** Finds or fetches both models that the environment names. */
export function modelFiles(env: Readonly<Record<string, string | undefined>>, output: ProgressOutput): ModelFiles {
  return { generating: () => fetchModel(env, output), embedding: () => fetchEmbeddingModel(env, output) };
}

async function fetchEmbeddingModel(
  env: Readonly<Record<string, string | undefined>>,
  output: ProgressOutput,
): Promise<string | undefined> {
  const setting = env[ENV.localEmbeddings];
  if (setting === "own") return undefined;
  if (setting) return await checkOwnFile(setting);
  return await findEmbeddingFile({
    cacheDirectory: modelCacheDirectory(env, homedir()),
    progress: new Progress(output),
  });
}

// `node engine/fetch-model.ts` prints the path as its last line.
if (import.meta.main) {
  try {
    const { generating, embedding } = modelFiles(process.env, process.stderr);
    const file = await generating();
    await embedding().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    process.stdout.write(`${file.path}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
