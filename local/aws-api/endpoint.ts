import type { IncomingMessage, ServerResponse } from "node:http";
import { header, requestTarget, respond } from "../http/server.ts";
import { asObject, type Json, type JsonObject } from "../template/json.ts";
import { AwsApiError } from "./aws-api-error.ts";
import { writeXml } from "./xml.ts";

/** Operations of the query protocol by `Action`: from the form's parameters to the response's XML as an object. */
export type QueryOperations = Readonly<Record<string, (parameters: URLSearchParams) => JsonObject>>;

/** Operations of the JSON protocol by the last part of `X-Amz-Target`. */
export type JsonOperations = Readonly<Record<string, (request: JsonObject) => JsonObject>>;

export interface AwsApis {
  /** Takes DynamoDB requests (JSON protocol). */
  dynamodb(request: IncomingMessage, response: ServerResponse): void;
  /** Takes S3 requests (REST). */
  s3(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Takes Lambda requests (REST). @default - they are refused */
  lambda?(request: IncomingMessage, response: ServerResponse): void;
  readonly json: JsonOperations;
  readonly query: QueryOperations;
}

/**
 * The AWS API calls that processes and functions of the twin make, on one address. An action that no service implements
 * is refused by name.
 */
export function awsEndpoint(apis: AwsApis): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const target = header(request, "x-amz-target");
    if (target?.startsWith("DynamoDB_")) return apis.dynamodb(request, response);
    if (apis.lambda && isLambdaRequest(request)) return apis.lambda(request, response);
    const answered = isS3Request(request)
      ? apis.s3(request, response)
      : readBody(request).then((body) => {
          const json = operation(apis.json, target?.split(".").at(-1) ?? "");
          if (json) return respondWithJson(json, body, response);
          respondToQuery(apis.query, new URLSearchParams(body), response);
        });
    answered.catch(() => response.destroy());
  };
}

/** Whether a request to the one AWS address is Lambda's: its paths begin with the API's version, which no bucket's name has. */
function isLambdaRequest(request: IncomingMessage): boolean {
  return requestTarget(request).path.startsWith("/2015-03-31/functions/");
}

/** Whether a request to the one AWS address is S3's: of the others, Lambda's alone have a path. */
function isS3Request(request: IncomingMessage): boolean {
  return requestTarget(request).path !== "/" && header(request, "x-amz-target") === undefined;
}

/** The operation of this name; names that every object has are none. */
function operation<Operation>(operations: Readonly<Record<string, Operation>>, name: string): Operation | undefined {
  return Object.hasOwn(operations, name) ? operations[name] : undefined;
}

function respondWithJson(call: JsonOperations[string], body: string, response: ServerResponse): void {
  const headers = { "content-type": "application/x-amz-json-1.0" };
  try {
    const request: Json = JSON.parse(body);
    respond(response, 200, headers, JSON.stringify(call(asObject(request))));
  } catch (error) {
    const code = error instanceof AwsApiError ? error.code : "InvalidParameterValueException";
    const message = error instanceof Error ? error.message : String(error);
    respond(response, 400, headers, JSON.stringify({ __type: code, message }));
  }
}

function respondToQuery(operations: QueryOperations, parameters: URLSearchParams, response: ServerResponse): void {
  const action = parameters.get("Action") ?? "";
  const call = operation(operations, action);
  try {
    if (!call)
      throw new AwsApiError("InvalidAction", `The twin has no local response for the action ${action || "(none)"}.`);
    respondWithXml(response, 200, call(parameters));
  } catch (error) {
    if (!(error instanceof AwsApiError)) throw error;
    // The query protocol's form, and EC2's own beside it: each SDK reads its own.
    const element = { Error: { Type: "Sender", Code: error.code, Message: error.message } };
    respondWithXml(response, 400, { ErrorResponse: { ...element, Errors: element, RequestId: "local" } });
  }
}

function respondWithXml(response: ServerResponse, status: number, body: JsonObject): void {
  respond(response, status, { "content-type": "text/xml" }, writeXml(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}
