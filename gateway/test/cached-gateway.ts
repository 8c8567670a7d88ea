import type { CacheSettings } from "../../contracts/processes/gateway-config.ts";
import { completion, post, startTestGateway, type TestGatewayOptions } from "./test-gateway.ts";

const CACHE: CacheSettings = { ttlSeconds: 3600, routeTtlSeconds: {}, memoryMiB: 8, semantic: null };

export function start(options: TestGatewayOptions = {}, cache: Partial<CacheSettings> = {}) {
  return startTestGateway({ ...options, config: { cache: { ...CACHE, ...cache }, ...options.config } });
}

export const cold = (fields: Record<string, unknown> = {}) => completion({ temperature: 0, ...fields });

/** Sends a request and reads the response to its end. @returns the cache's headers too */
export async function send(url: string, body: unknown = cold(), headers: Record<string, string> = {}, path?: string) {
  const response = await post(url, path ?? "/v1/completions", body, headers);
  const text = await response.text();
  return {
    status: response.status,
    text,
    cache: response.headers.get("x-sluice-cache"),
    level: response.headers.get("x-sluice-cache-level"),
    age: response.headers.get("age"),
    saved: response.headers.get("x-sluice-cache-saved-tokens"),
    type: response.headers.get("content-type"),
  };
}
