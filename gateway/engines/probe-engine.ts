import * as z from "zod";
import { ModelCard, ModelList } from "../../contracts/api/models.ts";
import type { Engine, EngineModel } from "./engine.ts";

/** `silent` is apart from `down`: a busy engine may be late once, a dead one refuses at once. */
export type ProbeResult = "alive" | "down" | "silent";

/** Whether the engine can serve: 200 on its `/health`. Never rejects. */
export async function probeEngine(engine: Engine, timeoutMs: number): Promise<ProbeResult> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    // A connection that the engine has closed while this process was stopped breaks; the second request has a new one.
    const status = await healthStatus(engine, signal).catch(() => healthStatus(engine, signal));
    return status === 200 ? "alive" : "down";
  } catch {
    return signal.aborted ? "silent" : "down";
  }
}

async function healthStatus({ pool, headers }: Engine, signal: AbortSignal): Promise<number> {
  const response = await pool.request({ method: "GET", path: "/health", headers, signal });
  await response.body.dump();
  return response.statusCode;
}

/** vLLM's `GET /version`. */
const EngineVersion = z.object({ version: z.string().min(1).max(100) });

/** Never rejects: servers may lack it. */
async function readVersion({ pool, headers }: Engine, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { statusCode, body } = await pool.request({ method: "GET", path: "/version", headers, signal });
    const { data } = EngineVersion.safeParse(await body.json());
    return statusCode === 200 ? data?.version : undefined;
  } catch {
    return undefined;
  }
}

/** Other servers have another shape under our own field. */
const EngineModels = ModelList.extend({ data: z.array(ModelCard.omit({ capabilities: true })) });

/**
 * Reads the engine's description of `modelId` (or of the one model it serves). `undefined` when it can't be read now.
 */
export async function readEngineModel(
  engine: Engine,
  modelId: string,
  timeoutMs: number,
): Promise<EngineModel | undefined> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { headers } = engine;
    const [response, version] = await Promise.all([
      engine.pool.request({ method: "GET", path: "/v1/models", headers, signal }),
      readVersion(engine, signal),
    ]);
    const list = EngineModels.safeParse(await response.body.json());
    if (response.statusCode !== 200 || !list.success) return undefined;
    const card = list.data.data.find(({ id }) => id === modelId) ?? list.data.data[0];
    return { root: card?.root ?? undefined, contextTokens: card?.max_model_len ?? undefined, version };
  } catch {
    return undefined;
  }
}
