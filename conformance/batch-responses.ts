import * as z from "zod";
import type { RecordedExchange } from "./recorder.ts";

/** The route whose responses are such objects. */
const ROUTES: Readonly<Record<string, string>> = {
  "chat.completion": "/v1/chat/completions",
  text_completion: "/v1/completions",
  list: "/v1/embeddings",
  response: "/v1/responses",
};
const BatchResult = z.object({
  response: z.object({ status_code: z.int(), body: z.looseObject({ object: z.string().optional() }) }).nullish(),
});

/** The responses in the result files of batches, each as if it had been requested by itself. */
export function batchResponses(exchanges: readonly RecordedExchange[]): readonly RecordedExchange[] {
  const files = exchanges.filter(({ path, status }) => /^\/v1\/files\/[^/]+\/content$/.test(path) && status === 200);
  const lines = files.flatMap(({ responseBody }) => responseBody.toString("utf8").trimEnd().split("\n"));
  return lines.flatMap((line) => {
    const { response } = BatchResult.parse(JSON.parse(line));
    if (!response) return [];
    const { status_code: status, body } = response;
    // Errors have the same shape on all routes.
    const path = body.object === undefined ? "/v1/completions" : ROUTES[body.object];
    if (path === undefined) throw new Error(`no route responds to a batch with an object ${body.object}`);
    return [
      {
        method: "POST",
        path,
        requestType: "",
        requestBody: Buffer.alloc(0),
        status,
        responseType: "application/json",
        responseBody: Buffer.from(JSON.stringify(body)),
      },
    ];
  });
}
