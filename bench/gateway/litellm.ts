import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../lib/free-port.ts";
import { pythonCommand } from "./python-environment.ts";
import { type System, startSystem } from "./systems.ts";

const VERSION = "1.108.11";
/** Of what LiteLLM pins, not every version can be had; these bounds stand in for its pins. */
const OVERRIDES = ["certifi>=2026.2.25", "litellm-enterprise>=0.1", "litellm-proxy-extras>=0.4"];

/** Limits of a deployment in a minute. */
export interface DeploymentLimits {
  readonly rpm?: number;
  readonly tpm?: number;
  /** Of completions. */
  readonly otpm?: number;
}

/** LiteLLM's proxy from PyPI. @param limits that it holds @throws when it can't be installed or does not start */
export async function startLiteLlm(upstream: string, folder: string, limits: DeploymentLimits = {}): Promise<System> {
  const command = await pythonCommand({
    name: "litellm",
    version: VERSION,
    extra: "proxy",
    command: "litellm",
    overrides: OVERRIDES,
  });
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const config = join(folder, "litellm.json");
  const model = { model: "openai/tiny", api_base: `${upstream}/v1`, api_key: "sk-upstream", ...limits };
  const key = "sk-bench-0123456789";
  const settings = {
    model_list: [{ model_name: "tiny", litellm_params: model }],
    general_settings: { master_key: key },
    ...(Object.keys(limits).length === 0
      ? {}
      : { router_settings: { optional_pre_call_checks: ["enforce_model_rate_limits"], num_retries: 0 } }),
  };
  writeFileSync(config, JSON.stringify(settings)); // JSON is YAML
  const address = ["--port", String(port), "--host", "127.0.0.1"];
  return await startSystem({
    name: "litellm",
    version: VERSION,
    origin,
    headers: { authorization: `Bearer ${key}` },
    rates: { json: 50, sse: 10 },
    command: [command, "--config", config, ...address, "--num_workers", "1"],
    environment: { LITELLM_LOG: "ERROR", LITELLM_LOCAL_MODEL_COST_MAP: "True", DISABLE_ADMIN_UI: "True" },
    logFile: join(folder, "litellm.log"),
    readyUrl: `${origin}/health/liveliness`,
  });
}
