import { describe, expect, test } from "vitest";
import { GENERATION_ROUTES } from "../../contracts/api/generation-routes.ts";
import { openApiDocument } from "../../contracts/openapi/document.ts";
import { isForOperators } from "../../contracts/openapi/operation-access.ts";
import { OPERATIONS, ROUTED_OPERATIONS } from "../../contracts/openapi/operations.ts";
import { routeOf } from "../test/endpoint-paths.ts";
import { ENDPOINTS } from "./endpoints.ts";

describe("paths", () => {
  test.each([
    ["/admin/targets", "/admin/targets", ""],
    ["/admin/providers", "/admin/providers", ""],
    ["/admin/providers/openai", "/admin/providers/{name}", "openai"],
    ["/admin/prices", "/admin/prices", ""],
    ["/admin/prices/small", "/admin/prices/{name}", "small"],
    ["/admin/routes/meta%2Fllama", "/admin/routes/{name}", "meta%2Fllama"],
    ["/v1/models/tiny", "/v1/models/{id}", "tiny"],
    ["/v1/models/org/deep/name", "/v1/models/{id}", "org/deep/name"],
    ["/v1/files/file-1/content", "/v1/files/{id}/content", "file-1"],
    ["/v1/responses/resp_1/input_items", "/v1/responses/{id}/input_items", "resp_1"],
    ["/v1/batches/batch_1", "/v1/batches/{id}", "batch_1"],
    ["/livez", "/livez", ""],
  ])("%s is %s", (path, route, encodedParameter) => {
    expect(routeOf(path)).toMatchObject({ route, encodedParameter });
  });

  test.each([
    ["/admin/providers/openai/test", "/admin/providers/{name}/test"],
    ["/admin/routes/chat/override", "/admin/routes/{name}/override"],
    ["/v1/batches/batch_1/cancel", "/v1/batches/{id}/cancel"],
    ["/v1/chat/completions", "/v1/chat/completions"],
  ])("%s is %s for POST", (path, route) => {
    expect(routeOf(path, "POST")).toMatchObject({ route, endpoint: expect.anything() });
  });

  test.each([
    "/admin",
    "/admin/",
    "/admin/targets/x",
    "/admin/routes/chat/test",
    "/admin/providers/x/override",
    "/admin/routes/a/b",
    "/v1/models/",
    "/v1/files/",
    "/v1/files/a/b",
    "/v1/responses/a/b",
  ])("%s is no path", (path) => {
    expect(routeOf(path).route).toBe("other");
  });
});

describe("every operation", () => {
  test("leads to its own endpoint, on its path and by its method", () => {
    for (const { operationId, path, method, access } of ROUTED_OPERATIONS) {
      const { generation } = ENDPOINTS[operationId];
      const found = routeOf(path.replace(/\{\w+\}/, "x"), method.toUpperCase());
      expect(found.endpoint, operationId).toMatchObject({ access, generation });
    }
  });

  test("has the access that the reference documents", () => {
    const document = openApiDocument({ auth: "optional" });
    for (const { operationId, path, method } of OPERATIONS) {
      const access = routeOf(path.replace(/\{\w+\}/, "x"), method.toUpperCase()).endpoint?.access ?? "public";
      const { security, "x-scope": scope } = (document.paths[path] as Record<string, Record<string, unknown>>)[method]!;
      const isPublic = access === "public" || access === "address-limited";
      expect(Array.isArray(security) && security.length === 0, operationId).toBe(isPublic);
      expect(JSON.stringify(security) === '[{"apiKey":[]}]', operationId).toBe(isForOperators(access));
      expect(scope, operationId).toBe(isPublic ? undefined : access);
    }
  });

  test("has a schema of its body where the reference shows one, and nowhere else", () => {
    for (const { operationId, request } of OPERATIONS) {
      const { body } = ENDPOINTS[operationId];
      const expected = request === undefined ? "none" : request.mediaType === undefined ? "JSON" : "form";
      expect(body === undefined ? "none" : body === "form" ? "form" : "JSON", operationId).toBe(expected);
    }
  });

  test("streams where the reference has a stream, and has Anthropic's errors where the reference has them", () => {
    for (const { operationId, stream, errorShape = "openai" } of OPERATIONS) {
      const { generation, client } = ENDPOINTS[operationId];
      if (stream !== undefined) expect(generation?.streams, operationId).toBe(true);
      const body = client?.errorBody({ error: { message: "m", type: "t", param: null, code: "not_found" } }, "req_1");
      expect(JSON.stringify(body ?? {}).includes('"request_id"'), operationId).toBe(errorShape === "anthropic");
    }
  });
});

test("every upstream API is the one of some endpoint", () => {
  const used = new Set(Object.values(ENDPOINTS).map(({ generation }) => generation?.route));
  expect(GENERATION_ROUTES.filter((route) => !used.has(route))).toEqual([]);
});
