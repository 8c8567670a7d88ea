import { ApiError, errorOfResponse } from "../../api/api-error.ts";
import { type GatewayKeys, operatorKeys } from "./gateway-keys.ts";

interface AdminCall {
  readonly method?: "GET" | "PUT" | "POST" | "DELETE";
  /** Below `/admin`; names in it are encoded. */
  readonly path: string;
  readonly body?: unknown;
  /** The object's version as it was read: the change is refused when somebody changed the object since. */
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
  /** @default - an operator's */
  readonly keys?: GatewayKeys;
}

/**
 * A call of the gateways' own administration, with a key of whoever is signed in. Its shape is the contract's, which the service's own tests hold.
 * A key that is refused, as one that was revoked, is replaced once. @throws {ApiError}
 */
export async function gatewayAdmin<Result>(apiUrl: string, call: AdminCall): Promise<Result> {
  const first = await send(apiUrl, call);
  if (first.status !== 401) return bodyOf<Result>(first);
  (call.keys ?? operatorKeys).forget();
  return bodyOf<Result>(await send(apiUrl, call));
}

async function send(apiUrl: string, call: AdminCall): Promise<Response> {
  const { method = "GET", path, body, ifMatch, signal, keys = operatorKeys } = call;
  const key = await keys.get();
  try {
    return await fetch(`${apiUrl}/admin${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(ifMatch === undefined ? {} : { "if-match": ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: "omit",
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(navigator.onLine ? "unreachable" : "offline");
  }
}

async function bodyOf<Result>(response: Response): Promise<Result> {
  const received: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfResponse(response.status, received, (name) => response.headers.get(name) ?? undefined);
  return received as Result;
}
