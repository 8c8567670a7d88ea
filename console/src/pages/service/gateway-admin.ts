import { ApiError, errorOfResponse } from "../../api/api-error.ts";
import { useOperatorKey } from "./operator-key.ts";

interface AdminCall {
  readonly method?: "GET" | "POST" | "DELETE";
  /** Below `/admin`; names in it are encoded. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A call of the gateways' own administration. Its shape is the contract's, which the service's own tests hold. @throws {ApiError} */
export async function gatewayAdmin<Result>(apiUrl: string, call: AdminCall): Promise<Result> {
  const { method = "GET", path, body, signal } = call;
  let response: Response;
  try {
    response = await fetch(`${apiUrl}/admin${path}`, {
      method,
      headers: {
        authorization: `Bearer ${useOperatorKey.getState().key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      credentials: "omit",
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(navigator.onLine ? "unreachable" : "offline");
  }
  const received: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfResponse(response.status, received, (name) => response.headers.get(name) ?? undefined);
  return received as Result;
}
