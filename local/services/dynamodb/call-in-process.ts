import { EventEmitter } from "node:events";
import type { Server } from "node:http";
import { isRecord } from "../../../lib/is-record.ts";
import type { DynamoResponse } from "./transactions.ts";

/** Of each operation's name in the header `x-amz-target`. */
export const TARGET = "DynamoDB_20120810.";

/** dynalite asks for the headers of a signed request; it checks no signature. */
const HEADERS = {
  "content-type": "application/x-amz-json-1.0",
  "x-amz-date": "20260101T000000Z",
  authorization:
    "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
};

/**
 * Calls dynalite without a socket: a transaction makes two calls for each of its actions.
 * @param server dynalite's; it need not listen
 * @param operation such as `GetItem`
 */
export async function callInProcess(server: Server, operation: string, body: unknown): Promise<DynamoResponse> {
  const { promise, resolve } = Promise.withResolvers<{ readonly status: number; readonly text: string }>();
  const headers = { ...HEADERS, "x-amz-target": `${TARGET}${operation}` };
  const request = Object.assign(new EventEmitter(), { method: "POST", url: "/", headers });
  const response = {
    statusCode: 200,
    setHeader: () => undefined,
    end: (text: string) => resolve({ status: response.statusCode, text }),
  };
  server.emit("request", request, response);
  request.emit("data", Buffer.from(JSON.stringify(body)));
  request.emit("end");
  const { status, text } = await promise;
  const parsed: unknown = JSON.parse(text);
  return { status, body: isRecord(parsed) ? parsed : {} };
}
