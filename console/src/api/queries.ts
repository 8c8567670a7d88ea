import { QueryClient } from "@tanstack/react-query";
import { type ApiClient, type Credentials, createApiClient } from "./api-client.ts";
import { ApiError } from "./api-error.ts";

const MAX_RETRIES = 2;

/** Whether a request that failed so may succeed when it is sent again. */
export function isWorthRetrying(failures: number, error: unknown): boolean {
  if (failures >= MAX_RETRIES || !(error instanceof ApiError)) return false;
  return ["offline", "unreachable", "limited", "failed"].includes(error.kind);
}

/** Milliseconds before the next try: what the service says, else twice as long each time. */
export function retryDelay(failures: number, error: unknown): number {
  const seconds = error instanceof ApiError ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? Math.min(500 * 2 ** failures, 8_000) : Math.min(seconds, 60) * 1000;
}

/** All of the console's server state. What is older than half a minute is read again when it is shown. */
export const queryClient = new QueryClient({
  defaultOptions: {
    // Without a connection a request fails and says so; by default it would wait without a word.
    queries: {
      retry: isWorthRetrying,
      retryDelay,
      staleTime: 30_000,
      throwOnError: false,
      networkMode: "always",
      refetchOnReconnect: true,
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

let client: ApiClient | undefined;

/** Sets the address of the API and where its key is, once. */
export function connectApi(apiUrl: string, credentials: Credentials): void {
  client = createApiClient(apiUrl, credentials);
}

/** The control API, by operation, with the key of whoever is signed in. */
export const api: ApiClient = {
  call: (id, options) => connected().call(id, options),
  read: (id, options) => connected().read(id, options),
  send: (request) => connected().send(request),
};

function connected(): ApiClient {
  if (client === undefined) throw new Error("connectApi was not called");
  return client;
}
