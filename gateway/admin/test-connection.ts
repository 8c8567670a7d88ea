import { AddressRefused } from "../../lib/address-guard.ts";
import { redirectTarget } from "../http/redirect-target.ts";
import { sendUpstream } from "../http/upstream/send-upstream.ts";
import type { Provider } from "../providers/provider.ts";

/** What a try to reach a provider found out. */
export interface ConnectionTest {
  readonly ok: boolean;
  /** Milliseconds to the provider's response. */
  readonly latencyMs: number;
  readonly status?: number;
  /** Models that it lists, as many as fit. */
  readonly models?: readonly string[];
  /** What is in the way, with what to do. */
  readonly problem?: string;
}

const TIMEOUT_MS = 10_000;
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;
const MAX_MODELS = 200;

/**
 * Requests a provider's list of models, over the connections of all requests: so under the same rules about addresses,
 * and with the same key. Where the dialect has no such list, any response shows that the provider can be reached. Never
 * rejects.
 */
export async function testConnection(provider: Provider, now: () => number): Promise<ConnectionTest> {
  const startedAt = now();
  const latency = () => Math.round(now() - startedAt);
  const { modelList } = provider.dialect;
  if (!provider.credential.isReady)
    return {
      ok: false,
      latencyMs: 0,
      problem: "Its key could not be read; check the secret and the permission to read it.",
    };
  try {
    const response = await sendUpstream(provider.pool, {
      method: "GET",
      path: modelList === undefined ? "/" : provider.pathPrefix + modelList.path,
      headers: { accept: "application/json", ...provider.headers, ...modelList?.headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { statusCode: status } = response;
    const latencyMs = latency();
    const text = (await response.body.whole(MAX_RESPONSE_BYTES))?.toString("utf8") ?? "";
    if (modelList === undefined) return { ok: true, latencyMs, status };
    if (status === 401 || status === 403)
      return { ok: false, latencyMs, status, problem: "It does not take our key; put a valid one into the secret." };
    if (status !== 200) {
      const target = redirectTarget(response.headers.location, provider.config.endpoint);
      const pointsTo = target === undefined ? "" : `, and points to ${target}`;
      const problem = `It responded ${status} to GET ${modelList.path}${pointsTo}; check its endpoint.`;
      return { ok: false, latencyMs, status, problem };
    }
    return { ok: true, latencyMs, status, models: modelList.namesIn(text).slice(0, MAX_MODELS) };
  } catch (error) {
    return { ok: false, latencyMs: latency(), problem: problemOf(error) };
  }
}

function problemOf(error: unknown): string {
  if (error instanceof AddressRefused) return error.message;
  if (error instanceof Error && error.name === "TimeoutError") return `It sent nothing within ${TIMEOUT_MS / 1000} s.`;
  const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
  return `No connection (${code}); check the endpoint, and that the network has a way there.`;
}
