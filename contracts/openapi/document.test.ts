import { describe, expect, test } from "vitest";
import { ERRORS, type ErrorCode } from "../api/errors.ts";
import { openApiDocument } from "./document.ts";
import { exampleError } from "./error-responses.ts";
import { FIELD_NOTES } from "./field-notes.ts";
import { OPERATION_ACCESS } from "./operation-access.ts";
import { OPERATIONS } from "./operations.ts";

const document = openApiDocument({ auth: "required", serverUrl: "https://api.example.com" });

/** Every value under a key, anywhere in the document. */
function valuesOf(key: string, node: unknown): readonly unknown[] {
  if (Array.isArray(node)) return node.flatMap((item) => valuesOf(key, item));
  if (typeof node !== "object" || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(key, value)]);
}

function lookUp(reference: string): unknown {
  return reference
    .slice("#/".length)
    .split("/")
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], document);
}

describe("the published API reference", () => {
  // documented: api-operations
  test("has these operations of the API", () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations).toEqual([
      "POST /v1/completions",
      "POST /v1/chat/completions",
      "POST /v1/responses",
      "GET /v1/responses/{response}",
      "DELETE /v1/responses/{response}",
      "GET /v1/responses/{response}/input_items",
      "POST /v1/messages",
      "POST /v1/messages/count_tokens",
      "POST /v1/files",
      "GET /v1/files",
      "GET /v1/files/{file}",
      "DELETE /v1/files/{file}",
      "GET /v1/files/{file}/content",
      "POST /v1/batches",
      "GET /v1/batches",
      "GET /v1/batches/{batch}",
      "POST /v1/batches/{batch}/cancel",
      "POST /v1/embeddings",
      "POST /v1/moderations",
      "POST /tokenize",
      "POST /detokenize",
      "GET /v1/models",
      "GET /v1/models/{model}",
      "GET /health",
      "GET /openapi.json",
      "GET /reference",
      "GET /admin/health",
      "GET /admin/logs",
      "GET /admin/targets",
      "GET /admin/requests",
      "POST /admin/requests/{name}/stop",
      "GET /admin/providers",
      "GET /admin/providers/{name}",
      "PUT /admin/providers/{name}",
      "DELETE /admin/providers/{name}",
      "POST /admin/providers/{name}/test",
      "GET /admin/routes",
      "GET /admin/routes/{name}",
      "PUT /admin/routes/{name}",
      "DELETE /admin/routes/{name}",
      "GET /admin/routes/{name}/override",
      "POST /admin/routes/{name}/override",
      "DELETE /admin/routes/{name}/override",
      "GET /admin/prices",
      "GET /admin/prices/{name}",
      "PUT /admin/prices/{name}",
      "DELETE /admin/prices/{name}",
    ]);
  });

  test("every reference has a target in the document", () => {
    const references = valuesOf("$ref", document) as string[];
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((reference) => lookUp(reference) === undefined)).toEqual([]);
  });

  test("has no information about the deployment", () => {
    expect(JSON.stringify(document)).not.toMatch(/amazon|arn:aws:|TfToken/i);
  });

  test("shows an example body for every error of an operation, under its status", () => {
    for (const operation of OPERATIONS) {
      const { path, method, errors } = operation;
      const { responses } = document.paths[path]![method] as { responses: Record<string, object> };
      for (const code of errors as ErrorCode[]) {
        const examples = valuesOf(code, responses[ERRORS[code].status]);
        expect(examples, `${code} of ${path}`).toEqual([{ value: exampleError(operation, code) }]);
      }
    }
  });

  test("has Retry-After on 429 and 503", () => {
    const post = document.paths["/v1/completions"]!.post as { responses: Record<string, { headers: object }> };
    expect(Object.keys(post.responses[429]!.headers)).toContain("retry-after");
    expect(Object.keys(post.responses[503]!.headers)).toContain("retry-after");
    expect(Object.keys(post.responses[400]!.headers)).not.toContain("retry-after");
  });

  test("limits reach the schema of a request", () => {
    const schema = lookUp("#/components/schemas/CompletionRequest");
    expect(schema).toMatchObject({
      required: ["model", "prompt"],
      properties: { temperature: { minimum: 0, maximum: 2, nullable: true } },
    });
  });

  test("describes every field of a request, and no fields that do not exist", () => {
    for (const { request } of OPERATIONS) {
      if (request === undefined) continue;
      const { properties } = lookUp(`#/components/schemas/${request.schema}`) as { properties: Record<string, object> };
      const named = Object.entries(properties).filter(([, type]) => "description" in type);
      expect(named.map(([field]) => field)).toEqual(Object.keys(properties));
      expect(Object.keys(properties).sort()).toEqual(Object.keys(FIELD_NOTES[request.schema] ?? {}).sort());
    }
  });

  test("is in OpenAPI 3.0's dialect: no type lists, no const, no $schema", () => {
    expect(valuesOf("$schema", document)).toEqual([]);
    expect(valuesOf("const", document)).toEqual([]);
    expect(valuesOf("type", document).filter(Array.isArray)).toEqual([]);
  });

  test.each([
    ["off", [], undefined],
    ["optional", [{ apiKey: [] }, {}], "bearer"],
    ["required", [{ apiKey: [] }], "bearer"],
  ] as const)("with auth %s requires a key accordingly, and never for health", (auth, security, scheme) => {
    const { paths, components } = openApiDocument({ auth });
    expect(paths["/v1/models"]!.get).toMatchObject({ security });
    expect(paths["/health"]!.get).toMatchObject({ security: [] });
    expect(paths["/admin/routes"]!.get).toMatchObject({ security: auth === "off" ? [] : [{ apiKey: [] }] });
    expect(valuesOf("scheme", components)[0]).toBe(scheme);
  });
});

test("each operation that has an access is described, once", () => {
  expect(OPERATIONS.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(OPERATION_ACCESS).toSorted());
});
