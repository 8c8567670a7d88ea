import type { ApiDocument } from "../conformance/api-document.ts";
import type { RecordedExchange } from "../conformance/recorder.ts";

/** The program's own tools, which a response has again: their schemas, and types that documents do not have. */
const OWN_TOOLS = /^POST \/v1\/responses \S+: \/(response\/)?tools\//;

/** OpenAI's own service has it too: https://platform.openai.com/docs/guides/function-calling, custom tools. */
const STATUS_OF_CUSTOM_CALL =
  /^POST \/v1\/responses \S+: \/(item|(response\/)?output\/\d+) must NOT have .* \(status\)$/;

/**
 * The key table of this machine was too busy to respond within the gateway's two seconds, once. The program sent the request again, as
 * `Retry-After` says: else its run would not have ended well.
 */
const LATE_KEY_TABLE = /"code":"auth_unavailable"/;
const MAX_LATE_KEYS = 1;

/** What a transcript may hold. */
export interface TranscriptLimits {
  readonly maxRequests: number;
  /** Requests that the upstream's script makes fail, each once. */
  readonly failures: number;
}

/**
 * What is wrong with what a program sent and got: failures that no script made, more requests than its turns need, a
 * request that was sent again although it had succeeded, and responses and events that the API's documents do not have.
 */
export async function transcriptProblems(
  recorded: readonly RecordedExchange[],
  limits: TranscriptLimits,
  documents: readonly ApiDocument[],
): Promise<readonly string[]> {
  const late = recorded.filter(
    ({ status, responseBody }) => status === 503 && LATE_KEY_TABLE.test(responseBody.toString("utf8")),
  );
  const exchanges = late.length > MAX_LATE_KEYS ? recorded : recorded.filter((exchange) => !late.includes(exchange));
  const failed = exchanges.filter(({ status }) => status >= 400);
  const refused = failed.filter(({ status }) => status < 500);
  const count = exchanges.length;
  return [
    ...(count === 0 ? ["sent nothing to the API"] : []),
    ...refused.map((exchange) => `was refused: ${shown(exchange)}`),
    ...(failed.length - refused.length === limits.failures
      ? []
      : [`got ${failed.length - refused.length} failures, not ${limits.failures}: ${failed.map(shown).join("\n")}`]),
    ...(count <= limits.maxRequests ? [] : [`sent ${count} requests, more than ${limits.maxRequests}`]),
    ...(await documentProblems(exchanges, documents)),
  ];
}

/** Holds responses and events against each document; a program's requests may have fields of later versions. */
async function documentProblems(
  exchanges: readonly RecordedExchange[],
  documents: readonly ApiDocument[],
): Promise<readonly string[]> {
  const responses = exchanges.map((exchange) => ({ ...exchange, requestBody: Buffer.alloc(0) }));
  const findings = await Promise.all(
    documents.flatMap((document) =>
      responses.filter((exchange) => document.describes(exchange)).map((exchange) => document.check(exchange)),
    ),
  );
  const known = [OWN_TOOLS, STATUS_OF_CUSTOM_CALL];
  return [...new Set(findings.flatMap(({ problems }) => problems))].filter(
    (problem) => !known.some((pattern) => pattern.test(problem)),
  );
}

function shown({ method, path, status, responseBody }: RecordedExchange): string {
  return `${method} ${path} ${status} ${responseBody.toString("utf8").slice(0, 500)}`;
}
