import { expect, test } from "vitest";
import { ALLOWED_REQUEST_HEADERS } from "../api/headers.ts";
import { GENERATION_HEADERS } from "./generation-headers.ts";
import { OPERATIONS } from "./operations.ts";

test("every operation of a model declares them, and no other does", () => {
  const declaring = OPERATIONS.filter(({ headerParameters }) => headerParameters === GENERATION_HEADERS);
  expect(declaring.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    "post /detokenize",
    "post /tokenize",
    "post /v1/chat/completions",
    "post /v1/completions",
    "post /v1/embeddings",
    "post /v1/messages",
    "post /v1/moderations",
    "post /v1/responses",
  ]);
});

test("a page on another origin may send all of them", () => {
  const allowed: readonly string[] = ALLOWED_REQUEST_HEADERS;
  for (const { name } of GENERATION_HEADERS) expect(allowed).toContain(name);
});
