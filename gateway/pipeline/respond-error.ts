import { type ErrorBody, errorBody } from "../../contracts/api/errors.ts";
import { ClientGone, GatewayError } from "../core/gateway-error.ts";
import type { RecordWriter } from "../core/record.ts";
import { bytesResponse, type GatewayResponse, jsonResponse } from "../core/response.ts";
import { newDecisionId } from "./request-id.ts";
import type { Received } from "./request-states.ts";

/** As in nginx's logs: the client left before anything was sent. Never on the wire. */
const CLIENT_CLOSED_REQUEST = 499;

/** Makes the client's response of whatever a step threw. What is not in the catalogue stays in the log. */
export function respondError(received: Received, thrown: unknown): GatewayResponse {
  const { request, requestId, match, headers, record } = received;
  if (thrown instanceof ClientGone || request.signal.aborted) {
    record.note({ isAborted: true });
    return { status: CLIENT_CLOSED_REQUEST, headers: {}, body: { kind: "none" } };
  }
  const error = thrown instanceof GatewayError ? thrown : new GatewayError("internal_error");
  record.note(error === thrown ? { errorCode: error.code } : { errorCode: error.code, failure: thrown });
  headers.add(error.headers);
  const inner = withDecision(error, record);
  const body = match.client === undefined ? inner : match.client.errorBody(inner, requestId);
  const response = jsonResponse(error.status, headers.all, body);
  return error.code === "request_too_large" ? { ...response, closesConnection: true } : response;
}

/** The error's body; a refused permission has an id in it, and the log has the same id with the rule. */
function withDecision({ body, status, options: { rule } }: GatewayError, record: RecordWriter): ErrorBody {
  if (rule === undefined) return body;
  const decisionId = status === 403 ? newDecisionId() : undefined;
  record.note({ rule, decisionId });
  return decisionId === undefined ? body : { error: { ...body.error, decision_id: decisionId } };
}

/** The response when even that fails: no part of it depends on the request. */
export function lastResort(): GatewayResponse {
  const body = Buffer.from(JSON.stringify(errorBody("internal_error")));
  return bytesResponse(500, { "content-type": "application/json" }, body);
}
