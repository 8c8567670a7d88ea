import { errorBody } from "../../contracts/api/errors.ts";
import { ClientGone, GatewayError } from "../core/gateway-error.ts";
import { bytesResponse, type GatewayResponse, jsonResponse } from "../core/response.ts";
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
  const body = match.client === undefined ? error.body : match.client.errorBody(error.body, requestId);
  const response = jsonResponse(error.status, headers.all, body);
  return error.code === "request_too_large" ? { ...response, closesConnection: true } : response;
}

/** The response when even that fails: no part of it depends on the request. */
export function lastResort(): GatewayResponse {
  const body = Buffer.from(JSON.stringify(errorBody("internal_error")));
  return bytesResponse(500, { "content-type": "application/json" }, body);
}
