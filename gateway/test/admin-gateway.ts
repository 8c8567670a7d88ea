import { newApiKey } from "../../domain/keys/api-key.ts";
import { providerConfig, routeConfig } from "../../test-support/target-config.ts";
import { provide } from "./provider-fixture.ts";
import { startRoutesTable } from "./routes-table.ts";
import { chat, post, startTestGateway, type TestGatewayOptions } from "./test-gateway.ts";

/** A gateway whose changes are stored in a table, with a key that may make them. */
export async function startAdminGateway(
  options: TestGatewayOptions = {},
  table?: Awaited<ReturnType<typeof startRoutesTable>>,
) {
  const { changeStore, spendStore, ...routes } = table ?? (await startRoutesTable());
  const gateway = await startTestGateway({ ...options, changeStore, spendStore });
  const keyOf = (scopes?: ["admin"]) => {
    const { keyId, hash, secret } = newApiKey();
    const item = { keyId, hash, name: "x", plan: "standard", createdAt: "2026-01-01T00:00:00Z" };
    gateway.keys.set(keyId, { ...item, ...(scopes === undefined ? {} : { scopes }) });
    return { keyId, secret };
  };
  const admin = keyOf(["admin"]);
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, {
      method,
      headers: { authorization: `Bearer ${admin.secret}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const send = async () => {
    const response = await post(gateway.url, "/v1/chat/completions", chat({ model: "chat" }));
    await response.text();
    return response.headers.get("x-sluice-target") ?? response.status;
  };
  return { ...gateway, ...routes, admin, keyOf, call, send, table: { changeStore, spendStore, ...routes } };
}

export const jsonOf = async (response: Response | Promise<Response>) =>
  (await (await response).json()) as Record<string, unknown>;

/** Two providers, one of them declared and behind the route `chat`. */
export async function withProviders() {
  const [a, b] = [await provide(), await provide()];
  const config = { providers: [providerConfig("a", a.origin)], routes: [routeConfig("chat", ["a/small"])] };
  return { a, b, config };
}
