import { homedir } from "node:os";
import { join } from "node:path";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { fetchModel } from "../fetch-model.ts";
import { modelCacheDirectory } from "../models/model-file.ts";
import { type VllmInstallation, vllmInstallation, vllmModel, weightsFolder } from "./vllm-installation.ts";

/** vLLM on this machine and the folder of the model that `SLUICE_LOCAL_MODEL` names, set up where they are not. */
export async function setUpVllm(
  env: Readonly<Record<string, string | undefined>>,
  report: (line: string) => void,
): Promise<VllmInstallation & { readonly model: string }> {
  const cacheDirectory = join(modelCacheDirectory(env, homedir()), "..", "vllm");
  const options = { cacheDirectory, report };
  const installation = await vllmInstallation(options);
  const folder = weightsFolder(env[ENV.localModel]);
  if (folder !== undefined) return { ...installation, model: folder };
  const file = await fetchModel(env, process.stderr);
  return { ...installation, model: await vllmModel(installation, file.path, file.id, options) };
}

// `node engine/vllm/set-up.ts` prints the installation's Python and the model's folder as its last two lines.
if (import.meta.main) {
  try {
    const { python, model } = await setUpVllm(process.env, (line) => console.error(`sluice: ${line}`));
    console.log(`${python}\n${model}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
