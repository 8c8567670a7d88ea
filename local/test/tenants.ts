import type { OPERATIONS } from "../../contracts/openapi/operations.ts";
import { createKey, type KeyRestrictions } from "../../domain/keys/key-item.ts";
import { MemoryResponseStore } from "../../gateway/responses/memory-response-store.ts";
import type { TestGatewayOptions } from "../../gateway/test/test-gateway.ts";
import { setUp } from "./batch-gateway.ts";
import { chatRequest } from "./batch-storage.ts";

export type TestOperation = (typeof OPERATIONS)[number];
export type TenantGateway = Awaited<ReturnType<typeof startTenantGateway>>;
export type TestTenant = ReturnType<TenantGateway["tenant"]>;

/** Ids of one tenant's objects, by the name of the parameter in a path. */
export interface TenantObjects {
  readonly file: string;
  readonly batch: string;
  readonly response: string;
}

/** A gateway with files, batches and stored responses, whose tenants are keys. */
export async function startTenantGateway(options: TestGatewayOptions = {}) {
  const now = () => performance.now();
  const started = await setUp({
    responses: new MemoryResponseStore({ maxBytes: 50_000_000, ttlSeconds: 600, now }),
    ...options,
    config: { auth: "required", requestsPerMinutePerIp: 1_000_000, ...options.config },
  });
  const tenant = (restrictions: KeyRestrictions = {}) => {
    const { secret, item } = createKey({ name: "k", plan: "standard", createdAt: new Date(), ...restrictions });
    started.keys.set(item.keyId, item);
    const call = (method: string, path: string, body?: unknown) => {
      const isForm = body instanceof FormData;
      const headers = { authorization: `Bearer ${secret}`, ...(isForm ? {} : { "content-type": "application/json" }) };
      const text = body === undefined || isForm ? body : JSON.stringify(body);
      return fetch(started.url + path, { method, headers, ...(text === undefined ? {} : { body: text }) });
    };
    const idOf = async (response: Promise<Response>) => String(((await (await response).json()) as { id: string }).id);
    const objects = async (): Promise<TenantObjects> => {
      const file = await idOf(call("POST", "/v1/files", batchFile()));
      const endpoint = "/v1/chat/completions";
      const batch = { input_file_id: file, endpoint, completion_window: "24h" };
      return {
        file,
        batch: await idOf(call("POST", "/v1/batches", batch)),
        response: await idOf(call("POST", "/v1/responses", { model: "tiny", input: "Hello" })),
      };
    };
    return { keyId: item.keyId, item, secret, call, objects };
  };
  return { ...started, tenant };
}

/** A file with one request, for an upload. */
export function batchFile(): FormData {
  const form = new FormData();
  form.append("purpose", "batch");
  form.append("file", new File([JSON.stringify(chatRequest("one"))], "lines.jsonl"));
  return form;
}

/** A body for an operation, its ids those of `objects`; `undefined` where it has none. */
export function bodyFor({ operationId, request }: TestOperation, { file }: Pick<TenantObjects, "file">): unknown {
  if (request === undefined) return undefined;
  if (request.mediaType !== undefined) return batchFile();
  if (operationId === "createBatch")
    return { input_file_id: file, endpoint: "/v1/chat/completions", completion_window: "24h" };
  const example = request.example as Readonly<Record<string, unknown>>;
  return { ...example, ...("model" in example ? { model: "tiny" } : {}) };
}

/** The path of an operation with this id in it, whatever its parameter is called. */
export function pathFor({ path }: TestOperation, id: string): string {
  return path.replace(/\{\w+\}/, encodeURIComponent(id));
}
