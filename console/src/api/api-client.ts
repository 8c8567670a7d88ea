import { type AxiosInstance, type AxiosRequestConfig, type AxiosResponse, create, isAxiosError } from "axios";
import type { CONTROL_OPERATIONS } from "../../../contracts/control/operations.ts";
import { ApiError, errorOfResponse } from "./api-error.ts";
import { type ConsoleOperation, OPERATIONS } from "./operations.ts";

type Operations = typeof CONTROL_OPERATIONS;
/** Names of the parameters in a path. */
type Parameters<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Parameters<Rest>
  : never;

export interface CallOptions<Id extends ConsoleOperation> {
  /** Values of the path's parameters. */
  readonly path?: Readonly<Record<Parameters<Operations[Id]["path"]>, string>>;
  readonly query?: Operations[Id]["query"]["_input"];
  readonly body?: Operations[Id]["body"]["_input"];
  readonly signal?: AbortSignal | undefined;
  /** The same for each try of one change, so that it is made once. */
  readonly idempotencyKey?: string;
}

/** The credential of the control API, from where the session has it. */
export interface Credentials {
  /** The key of now; `undefined` when nobody is signed in. */
  readonly key: () => string | undefined;
  /** Gets a new key in place of one that the API refused. @returns whether there is one */
  readonly renew: () => Promise<boolean>;
}

export interface ApiClient {
  /** @throws {ApiError} */
  call<Id extends ConsoleOperation>(id: Id, options?: CallOptions<Id>): Promise<Operations[Id]["response"]["_output"]>;
}

/** Longest wait for a response of the control API, whose function may take 15 s. */
const TIMEOUT_MS = 20_000;

/**
 * The control API, by operation. A request whose key is refused is sent once more with a new key.
 * @param apiUrl base address of the API, without `/v1`
 */
export function createApiClient(apiUrl: string, credentials: Credentials): ApiClient {
  const http = create({ baseURL: apiUrl, timeout: TIMEOUT_MS, validateStatus: () => true });
  return {
    async call(id, options = {}) {
      const [method, path] = OPERATIONS[id];
      const request: AxiosRequestConfig = {
        method,
        url: filled(path, options.path ?? {}),
        params: options.query,
        data: options.body,
        headers: options.idempotencyKey === undefined ? {} : { "idempotency-key": options.idempotencyKey },
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      };
      const first = await send(http, request, credentials.key());
      if (first.status !== 401 || !(await credentials.renew())) return bodyOf(first);
      return bodyOf(await send(http, request, credentials.key()));
    },
  };
}

/** @throws {ApiError} when there is no response */
async function send(http: AxiosInstance, request: AxiosRequestConfig, key: string | undefined): Promise<AxiosResponse> {
  if (key === undefined) throw new ApiError("unauthorized");
  try {
    return await http.request({ ...request, headers: { ...request.headers, authorization: `Bearer ${key}` } });
  } catch (error) {
    if (!isAxiosError(error) || error.code === "ERR_CANCELED") throw error;
    throw new ApiError(navigator.onLine ? "unreachable" : "offline");
  }
}

/** The body of a success; its shape is the contract's, which the service's own tests hold. @throws {ApiError} */
function bodyOf({ status, data, headers }: AxiosResponse) {
  if (status >= 200 && status < 300) return data;
  throw errorOfResponse(status, data, (name) => (typeof headers[name] === "string" ? headers[name] : undefined));
}

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}
