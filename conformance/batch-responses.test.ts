import { expect, test } from "vitest";
import { batchResponses } from "./batch-responses.ts";

const file = (path: string, ...lines: readonly object[]) => ({
  method: "GET",
  path,
  requestType: "",
  requestBody: Buffer.alloc(0),
  status: 200,
  responseType: "application/octet-stream",
  responseBody: Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join("")),
});
const result = (status_code: number, body: object) => ({
  custom_id: "a",
  response: { status_code, body },
  error: null,
});

test("responses in batch results count as responses of the routes that have such objects", () => {
  const embeddings = { object: "list", data: [] };
  const refused = { error: { message: "no" } };
  const found = batchResponses([
    file("/v1/files/file-1/content", result(200, embeddings), result(400, refused), {
      custom_id: "b",
      response: null,
    }),
    file("/v1/files/file-1", { id: "file-1" }),
    // An uploaded file has no responses.
    file("/v1/files/file-2/content", { custom_id: "a" }),
  ]);
  expect(found.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
    "POST /v1/embeddings 200",
    "POST /v1/completions 400",
  ]);
  expect(found.map(({ responseBody }) => JSON.parse(String(responseBody)))).toEqual([embeddings, refused]);
});

test("a response with an object that no route has is an error", () => {
  const strange = file("/v1/files/file-1/content", result(200, { object: "thing" }));
  expect(() => batchResponses([strange])).toThrow("no route responds to a batch with an object thing");
});
