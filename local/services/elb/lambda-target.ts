import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import * as z from "zod";
import { requestTarget, respond } from "../../http/server.ts";
import type { Json } from "../../template/json.ts";
import type { LambdaFunction } from "../lambda/lambda-function.ts";
import { errorPage } from "./error-page.ts";

/** A load balancer's limit of a body that it passes to a function, 1 MB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Bodies of these types are passed as text, others in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b)/;

const Result = z.object({
  statusCode: z.int(),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).default({}),
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
});

/** Calls a function as a load balancer does whose target group has `lambda_multi_value_headers_enabled`. */
export async function callFunction(
  lambda: LambdaFunction,
  targetGroupArn: string,
  request: IncomingMessage,
  response: ServerResponse,
  forwarded: Readonly<Record<string, string>>,
): Promise<void> {
  const body = await buffer(request);
  if (body.byteLength > MAX_BODY_BYTES) return errorPage(response, 413, "Request Entity Too Large");
  const isText = TEXT.test(request.headers["content-type"] ?? "text/plain");
  try {
    const result = Result.parse(
      await lambda.invoke({
        requestContext: { elb: { targetGroupArn } },
        httpMethod: request.method ?? "GET",
        ...target(request),
        multiValueHeaders: {
          ...lists(request.headersDistinct),
          ...Object.fromEntries(Object.entries(forwarded).map(([name, value]) => [name, [value]])),
        },
        body: body.toString(isText ? "utf8" : "base64"),
        isBase64Encoded: !isText,
      }),
    );
    const headers = Object.entries(result.multiValueHeaders).map(([name, values]) => [name, values.join(", ")]);
    const text = result.isBase64Encoded ? Buffer.from(result.body, "base64").toString() : result.body;
    respond(response, result.statusCode, Object.fromEntries(headers), text);
  } catch {
    // What the function throws is in its log; a client gets the load balancer's page.
    errorPage(response, 502, "Bad Gateway");
  }
}

/** Names and values of parameters are passed as they are in the address, not decoded. */
function target(request: IncomingMessage): { readonly path: string; readonly multiValueQueryStringParameters: Json } {
  const { path, query } = requestTarget(request);
  const pairs = query
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => /^([^=]*)=?(.*)$/s.exec(pair) ?? []);
  const byName = Map.groupBy(pairs, ([, name = ""]) => name);
  const parameters = [...byName].map(([name, all]) => [name, all.map(([, , value = ""]) => value)]);
  return { path, multiValueQueryStringParameters: Object.fromEntries(parameters) };
}

function lists(headers: NodeJS.Dict<string[]>): Readonly<Record<string, string[]>> {
  return Object.fromEntries(Object.entries(headers).map(([name, values = []]) => [name, values]));
}
