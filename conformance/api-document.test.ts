import { describe, expect, test } from "vitest";
import { ApiDocument, type ApiDocumentOptions } from "./api-document.ts";
import type { RecordedExchange } from "./recorder.ts";

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ content: { "application/json": { schema } } });

const document = {
  paths: {
    "/things/{thing}": {
      post: {
        requestBody: json({
          type: "object",
          properties: { size: { type: "integer", minimum: 1 } },
          required: ["size"],
        }),
        responses: {
          200: { content: { ...json(ref("Thing")).content, "text/event-stream": { schema: ref("Event") } } },
        },
      },
    },
  },
  components: {
    schemas: {
      Base: { type: "object", properties: { id: { type: "string" } }, required: ["id"] },
      Thing: {
        allOf: [
          ref("Base"),
          { type: "object", properties: { note: { type: "string", nullable: true }, free: { type: "object" } } },
        ],
      },
      Start: { type: "object", properties: { type: { type: "string", enum: ["start"] } }, required: ["type"] },
      Stop: {
        type: "object",
        properties: { type: { const: "stop" }, at: { type: "integer" } },
        required: ["type", "at"],
      },
      Event: { anyOf: [ref("Start"), ref("Stop")] },
      Failure: { type: "object", properties: { error: { type: "string" } }, required: ["error"] },
    },
  },
};

function exchange(
  parts: Partial<Omit<RecordedExchange, "requestBody" | "responseBody">> & { sent?: object; got?: string },
) {
  const { sent = { size: 1 }, got = '{"id":"a"}', ...rest } = parts;
  return {
    method: "POST",
    path: "/v1/things/a",
    requestType: "application/json; charset=utf-8",
    status: 200,
    responseType: "application/json",
    ...rest,
    requestBody: Buffer.from(JSON.stringify(sent)),
    responseBody: Buffer.from(got),
  };
}

const check = (parts: Parameters<typeof exchange>[0], options: ApiDocumentOptions = {}) =>
  new ApiDocument(document, { prefix: "/v1", error: "Failure", ...options }).check(exchange(parts));

describe("an exchange", () => {
  // documented: document-check
  test("that matches the document has no problem, and holds two JSON documents", async () => {
    const got = '{"id":"a","note":null,"free":{"any":1}}';
    expect(await check({ got })).toEqual({ documents: 2, problems: [] });
  });

  test.each([
    [{ sent: { size: 0 } }, "request: /size must be >= 1"],
    [{ sent: { size: 1, colour: "red" } }, "request: / must NOT have unevaluated properties (colour)"],
    [{ got: "{}" }, "200: / must have required property 'id'"],
    [{ got: '{"id":"a","note":1}' }, "200: /note must be string"],
    [{ got: '{"id":"a","colour":1}' }, "200: / must NOT have unevaluated properties (colour)"],
    [{ status: 404, got: '{"id":"a"}' }, "404: / must have required property 'error'"],
  ])("that does not match has a problem with its location: %j", async (parts, problem) => {
    expect((await check(parts)).problems).toContain(`POST /v1/things/a ${problem}`);
  });

  test("that was refused may have an invalid request", async () => {
    expect(await check({ sent: { size: 0 }, status: 400, got: '{"error":"no"}' })).toEqual({
      documents: 1,
      problems: [],
    });
  });

  test("of a stream is checked event by event, each against the member with its type", async () => {
    const got = 'event: a\ndata: {"type":"start"}\n\ndata: {"type":"stop"}\n\ndata: [DONE]\n\n';
    const found = await check({ responseType: "text/event-stream", got });
    expect(found.documents).toBe(3);
    expect(found.problems).toEqual(["POST /v1/things/a event: / must have required property 'at'"]);
  });

  test("may have the listed extensions of the document, and no others", async () => {
    const extensions = [/^\/ must NOT have unevaluated properties \(colour\)$/];
    const got = '{"id":"a","colour":1,"shape":2}';
    expect((await check({ got }, { extensions })).problems).toEqual([
      "POST /v1/things/a 200: / must NOT have unevaluated properties (shape)",
    ]);
  });

  test("of a path that the document does not have is not checked", () => {
    const own = new ApiDocument(document, { prefix: "/v1" });
    expect([own.describes(exchange({})), own.describes(exchange({ path: "/v1/others/a" }))]).toEqual([true, false]);
    expect(new ApiDocument(document, { prefix: "/v1", paths: ["/others"] }).describes(exchange({}))).toBe(false);
  });
});
