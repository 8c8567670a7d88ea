import { describe, expect, test } from "vitest";
import { CONTROL_OPERATIONS } from "../control/operations/operations.ts";
import { controlPathItems, controlSchemas } from "./control-document.ts";
import { openApiDocument } from "./document.ts";
import { componentSchemas } from "./schemas.ts";

const paths = controlPathItems();
const operations = Object.values(paths).flatMap((item) => Object.values(item) as Readonly<Record<string, unknown>>[]);
const schemas = controlSchemas();
const otherSchemas = componentSchemas();

describe("the control API in the reference", { timeout: 120_000 }, () => {
  // documented: control-api-in-the-reference
  test("has each operation with its scope, and a schema of its own for each body and response", {
    timeout: 120_000,
  }, () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(CONTROL_OPERATIONS).sort());
    for (const operation of operations) {
      const id = String(operation.operationId) as keyof typeof CONTROL_OPERATIONS;
      expect(operation["x-scope"]).toBe(CONTROL_OPERATIONS[id].scope);
      for (const reference of JSON.stringify(operation).match(/components\/schemas\/\w+/g) ?? []) {
        const name = reference.split("/").at(-1) ?? "";
        expect(schemas[name] ?? otherSchemas[name], name).toBeDefined();
      }
    }
  });

  test("has no name of the other operations and schemas, and is absent where there is no control API", () => {
    const without = openApiDocument({ auth: "off" });
    expect(Object.keys(paths).filter((path) => path in without.paths)).toEqual([]);
    expect(Object.keys(schemas).filter((name) => name in otherSchemas)).toEqual([]);
    expect(JSON.stringify(without)).not.toContain("adminKey");
    expect(openApiDocument({ auth: "off", controlApi: true }).components.securitySchemes).toHaveProperty("adminKey");
  });

  test("declares every parameter of a path, the query's with their type, and a body only where one is taken", () => {
    const { get, post } = paths["/v1/organization/projects/{project_id}"] as Record<string, Record<string, unknown>>;
    expect(get).not.toHaveProperty("requestBody");
    expect(post).toMatchObject({
      summary: "Update project",
      requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/UpdateProject" } } } },
    });
    for (const [path, item] of Object.entries(paths))
      for (const { parameters = [] } of Object.values(item) as { parameters?: { in: string; name: string }[] }[])
        expect(parameters.filter((one) => one.in === "path").map(({ name }) => `{${name}}`)).toEqual(
          path.match(/\{\w+\}/g) ?? [],
        );
    const { get: logs } = paths["/v1/organization/audit_logs"] as Record<string, { parameters: object[] }>;
    expect(logs?.parameters).toContainEqual(
      expect.objectContaining({ name: "limit", schema: expect.objectContaining({ type: "integer", maximum: 100 }) }),
    );
  });
});
