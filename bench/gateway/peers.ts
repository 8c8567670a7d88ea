import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { freePort, type System, startPinned, stopProcess } from "./systems.ts";

const PORTKEY = "1.15.2";
const LITELLM = "1.108.11";
/** Of what LiteLLM pins, not every version can be had; these bounds stand in for its pins. pip can't do that, uv can. */
const LITELLM_OVERRIDES = ["certifi>=2026.2.25", "litellm-enterprise>=0.1", "litellm-proxy-extras>=0.4"];
/** Versions with which Portkey 1.15.2 starts; newer ones of the same range do not fit it. */
const PORTKEY_OVERRIDES = { "@hono/node-server": "1.13.5", hono: "4.9.7", "@hono/node-ws": "1.2.0" };

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "sluice", "bench");

/** Portkey's gateway from npm, kept in the user's cache. @throws when it can't be installed or does not start */
export async function startPortkey(upstream: string, folder: string): Promise<System> {
  const home = join(cache, `portkey-${PORTKEY}`);
  const script = join(home, "node_modules/@portkey-ai/gateway/build/start-server.js");
  if (!existsSync(script)) {
    mkdirSync(home, { recursive: true });
    const dependencies = { "@portkey-ai/gateway": PORTKEY };
    writeFileSync(
      join(home, "package.json"),
      JSON.stringify({ private: true, dependencies, overrides: PORTKEY_OVERRIDES }),
    );
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], home);
  }
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const child = await startPinned({
    command: [process.execPath, script, "--headless", `--port=${port}`],
    cwd: home,
    logFile: join(folder, "portkey.log"),
    readyUrl: origin,
  });
  return {
    name: "portkey",
    version: PORTKEY,
    origin,
    headers: {
      authorization: "Bearer sk-upstream",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": `${upstream}/v1`,
    },
    pid: child.pid,
    rates: { json: 500, sse: 200 },
    stop: () => stopProcess(child),
  };
}

/** LiteLLM's proxy from PyPI in a virtual environment in the user's cache. @throws as above */
export async function startLiteLlm(upstream: string, folder: string): Promise<System> {
  const home = join(cache, `litellm-${LITELLM}`);
  if (!existsSync(join(home, "bin/litellm"))) {
    await run("python3", ["-m", "venv", home]);
    const overrides = join(home, "overrides.txt");
    writeFileSync(overrides, LITELLM_OVERRIDES.join("\n"));
    await run(join(home, "bin/pip"), ["install", "--quiet", "--disable-pip-version-check", "uv"]);
    const python = join(home, "bin/python");
    const wanted = `litellm[proxy]==${LITELLM}`;
    await run(join(home, "bin/uv"), [
      "pip",
      "install",
      "--quiet",
      "--python",
      python,
      "--overrides",
      overrides,
      wanted,
    ]);
  }
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const config = join(folder, "litellm.json");
  const model = { model: "openai/tiny", api_base: `${upstream}/v1`, api_key: "sk-upstream" };
  const key = "sk-bench-0123456789";
  const settings = {
    model_list: [{ model_name: "tiny", litellm_params: model }],
    general_settings: { master_key: key },
  };
  writeFileSync(config, JSON.stringify(settings)); // JSON is YAML
  const child = await startPinned({
    command: [
      join(home, "bin/litellm"),
      "--config",
      config,
      "--port",
      String(port),
      "--host",
      "127.0.0.1",
      "--num_workers",
      "1",
    ],
    environment: { LITELLM_LOG: "ERROR", LITELLM_LOCAL_MODEL_COST_MAP: "True", DISABLE_ADMIN_UI: "True" },
    logFile: join(folder, "litellm.log"),
    readyUrl: `${origin}/health/liveliness`,
  });
  return {
    name: "litellm",
    version: LITELLM,
    origin,
    headers: { authorization: `Bearer ${key}` },
    pid: child.pid,
    rates: { json: 50, sse: 10 },
    stop: () => stopProcess(child),
  };
}

function run(command: string, args: readonly string[], cwd?: string): Promise<void> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"], ...(cwd === undefined ? {} : { cwd }) });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
  });
}

/** What stands on disk about why a system did not start. */
export function lastLines(file: string, count = 3): string {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").slice(-count).join(" | ") : "";
}
