import { type AxiosInstance, type AxiosRequestConfig, type AxiosResponse, create, isAxiosError } from "axios";
import type { CONTROL_OPERATIONS } from "../../../contracts/control/operations/operations.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import { queryText } from "../lib/query-text.ts";
import { ApiError, errorOfResponse } from "./api-error.ts";
import { type ConsoleOperation, operationOf } from "./operations.ts";

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
  /** The object's `etag` as it was read: the change is refused when somebody changed the object since. */
  readonly ifMatch?: string;
}

/** The credential of the control API, from where the session has it. */
export interface Credentials {
  /** The key of now; `undefined` when nobody is signed in. */
  readonly key: () => string | undefined;
  /** Gets a new key in place of one that the API refused. @returns whether there is one */
  readonly renew: () => Promise<boolean>;
}

type Result<Id extends ConsoleOperation> = Operations[Id]["response"]["_output"];

export interface ApiClient {
  /** @throws {ApiError} */
  call<Id extends ConsoleOperation>(id: Id, options?: CallOptions<Id>): Promise<Result<Id>>;
  /** An object with its `etag`, which is empty where the service sends none. @throws {ApiError} */
  read<Id extends ConsoleOperation>(
    id: Id,
    options?: CallOptions<Id>,
  ): Promise<{ readonly object: Result<Id>; readonly etag: string }>;
  /** A path that is no operation, such as those of the history. @throws {ApiError} */
  send(request: PathRequest): Promise<PathResponse>;
}

export interface PathRequest {
  readonly method: "GET" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** `bytes`: the body as an `ArrayBuffer`. @default - parsed JSON */
  readonly as?: "bytes";
  readonly signal?: AbortSignal | undefined;
}

export interface PathResponse {
  readonly body: unknown;
  /** @param name in lower case */
  readonly header: (name: string) => string | undefined;
}

/** Longest wait for a response of the control API, whose function may take 15 s. */
const TIMEOUT_MS = 20_000;

/**
 * The control API, by operation. A request whose key is refused is sent once more with a new key.
 * @param apiUrl base address of the API, without `/v1`
 */
export function createApiClient(apiUrl: string, credentials: Credentials): ApiClient {
  const http = create({
    baseURL: apiUrl,
    timeout: TIMEOUT_MS,
    validateStatus: () => true,
    paramsSerializer: { serialize: queryText },
  });
  const withKey = async (request: AxiosRequestConfig) => {
    const first = await send(http, request, credentials.key());
    if (first.status !== 401 || !(await credentials.renew())) return first;
    return send(http, request, credentials.key());
  };
  async function respond<Id extends ConsoleOperation>(id: Id, options: CallOptions<Id>): Promise<AxiosResponse> {
    const [method, path] = operationOf(id);
    const request: AxiosRequestConfig = {
      method,
      url: filled(path, options.path ?? {}),
      params: options.query,
      data: options.body,
      headers: {
        ...(options.idempotencyKey === undefined ? {} : { "idempotency-key": options.idempotencyKey }),
        ...(options.ifMatch === undefined ? {} : { "if-match": options.ifMatch }),
      },
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    return withKey(request);
  }
  return {
    call: async (id, options = {}) => bodyOf(await respond(id, options)),
    async read(id, options = {}) {
      const response = await respond(id, options);
      const { etag } = response.headers;
      return { object: bodyOf(response), etag: typeof etag === "string" ? etag : "" };
    },
    async send({ method, path, query = {}, headers = {}, as, signal }) {
      const request: AxiosRequestConfig = {
        method,
        url: path,
        params: query,
        headers: { ...headers },
        responseType: as === "bytes" ? "arraybuffer" : "json",
        ...(signal === undefined ? {} : { signal }),
      };
      const response = await withKey(request);
      return { body: bodyOf(response), header: headerOf(response) };
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
function bodyOf(response: AxiosResponse) {
  const { status, data } = response;
  if (status >= 200 && status < 300) return data;
  const body = data instanceof ArrayBuffer ? parseJson(new TextDecoder().decode(data)) : data;
  throw errorOfResponse(status, body, headerOf(response));
}

function headerOf({ headers }: AxiosResponse): (name: string) => string | undefined {
  return (name) => (typeof headers[name] === "string" ? headers[name] : undefined);
}

function filled(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}
