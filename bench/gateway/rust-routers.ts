import { join } from "node:path";
import { freePort } from "../../lib/free-port.ts";
import { pythonCommand } from "./python-environment.ts";
import { type System, startSystem } from "./systems.ts";

/** A router written in Rust that PyPI has as a Python package: one worker, in turn, everything else as it comes. */
interface RustRouter {
  readonly name: "vllm-router" | "sglang-router";
  readonly version: string;
  /** In the package's bin/, with what stands before its options. */
  readonly command: string;
  readonly before: readonly string[];
  /** What it calls the level at which it writes no line for each request. */
  readonly quiet: string;
}

const VLLM_ROUTER: RustRouter = {
  name: "vllm-router",
  version: "0.1.17",
  command: "vllm-router",
  before: [],
  quiet: "warning",
};
const SGLANG_ROUTER: RustRouter = {
  name: "sglang-router",
  version: "0.3.2",
  command: "smg",
  before: ["launch"],
  quiet: "warn",
};

/** vLLM's router from PyPI. @throws when it can't be installed or does not start */
export function startVllmRouter(upstream: string, folder: string): Promise<System> {
  return startRustRouter(VLLM_ROUTER, upstream, folder);
}

/** SGLang's router from PyPI. @throws when it can't be installed or does not start */
export function startSglangRouter(upstream: string, folder: string): Promise<System> {
  return startRustRouter(SGLANG_ROUTER, upstream, folder);
}

async function startRustRouter(router: RustRouter, upstream: string, folder: string): Promise<System> {
  const { name, version, command, before, quiet } = router;
  const path = await pythonCommand({ name, version, command });
  const port = await freePort();
  const metricsPort = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const address = ["--host", "127.0.0.1", "--port", String(port)];
  // By default SGLang's router serves its metrics on every interface.
  const metrics = ["--prometheus-host", "127.0.0.1", "--prometheus-port", String(metricsPort)];
  const worker = ["--worker-urls", upstream, "--policy", "round_robin"];
  return await startSystem({
    name,
    version,
    origin,
    headers: {},
    rates: { json: 500, sse: 200 },
    command: [path, ...before, ...address, ...metrics, ...worker, "--log-level", quiet],
    logFile: join(folder, `${name}.log`),
    readyUrl: `${origin}/readiness`,
  });
}
