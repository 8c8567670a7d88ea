import { expect, test } from "vitest";
import { ApiDocument } from "../conformance/api-document.ts";
import type { RecordedExchange } from "../conformance/recorder.ts";
import { transcriptProblems } from "./transcript.ts";

const LIMITS = { maxRequests: 2, failures: 0 };
const DOCUMENT = new ApiDocument({
  paths: {
    "/v1/x": {
      post: {
        responses: { "200": { content: { "text/event-stream": { schema: { $ref: "#/components/schemas/Event" } } } } },
      },
    },
  },
  components: { schemas: { Event: { type: "object", properties: { type: { const: "known" } }, required: ["type"] } } },
});

function exchange(fields: Partial<RecordedExchange> = {}): RecordedExchange {
  return {
    method: "POST",
    path: "/v1/x",
    requestType: "application/json",
    requestBody: Buffer.from("{}"),
    status: 200,
    responseType: "text/event-stream",
    responseBody: Buffer.from('data: {"type":"known"}\n\n'),
    ...fields,
  };
}

const problemsOf = (exchanges: readonly RecordedExchange[], limits = LIMITS) =>
  transcriptProblems(exchanges, limits, [DOCUMENT]);

// documented: agent-transcripts
test("a transcript is held against refusals, failures, the number of requests and the events of documents", async () => {
  expect(await problemsOf([exchange(), exchange()])).toEqual([]);
  expect(await problemsOf([])).toEqual(["sent nothing to the API"]);
  expect(await problemsOf([exchange(), exchange(), exchange()])).toEqual(["sent 3 requests, more than 2"]);
  const refused = exchange({ status: 400, responseType: "application/json", responseBody: Buffer.from("{}") });
  expect(await problemsOf([refused])).toContain("was refused: POST /v1/x 400 {}");
  const unknown = exchange({ responseBody: Buffer.from('data: {"type":"new"}\n\n') });
  expect(await problemsOf([unknown])).toEqual([expect.stringMatching(/^POST \/v1\/x event: \/type/)]);
});

test("failures that a script makes are expected, no more and no fewer", async () => {
  const failed = exchange({ status: 503, responseType: "text/plain", responseBody: Buffer.from("") });
  expect(await problemsOf([failed, exchange()], { ...LIMITS, failures: 1 })).toEqual([]);
  expect(await problemsOf([failed, failed], { ...LIMITS, failures: 1 })).toEqual([
    expect.stringMatching(/got 2 failures, not 1/),
  ]);
  expect(await problemsOf([exchange()], { ...LIMITS, failures: 1 })).toEqual([
    expect.stringMatching(/got 0 failures, not 1/),
  ]);
});

test("a request that was sent again because the key table responded late does not count, but once only", async () => {
  const body = JSON.stringify({ error: { code: "auth_unavailable" } });
  const late = exchange({ status: 503, responseType: "text/plain", responseBody: Buffer.from(body) });
  expect(await problemsOf([late, exchange(), exchange()])).toEqual([]);
  expect(await problemsOf([late, late, exchange()])).toContainEqual(expect.stringMatching(/got 2 failures, not 0/));
});
