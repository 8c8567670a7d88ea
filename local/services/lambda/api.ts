import type { IncomingMessage, ServerResponse } from "node:http";
import { requestTarget, respond } from "../../http/server.ts";
import type { LambdaRuntime } from "./runtime.ts";

const CONFIGURATION = /^\/2015-03-31\/functions\/([A-Za-z0-9_-]+)\/configuration$/;

/** Lambda's API, as far as the commands call it: the configuration of a function by its name. */
export function handleLambda(
  { configurations }: LambdaRuntime,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { path } = requestTarget(request);
  const [, name] = CONFIGURATION.exec(path) ?? [];
  if (name === undefined || request.method !== "GET")
    return refuse(
      response,
      400,
      "InvalidParameterValueException",
      `The twin has no response for ${request.method} ${path}.`,
    );
  const configuration = configurations.get(name);
  if (configuration === undefined)
    return refuse(response, 404, "ResourceNotFoundException", `Function not found: ${name}`);
  respond(response, 200, { "content-type": "application/json" }, JSON.stringify(configuration));
}

function refuse(response: ServerResponse, status: number, code: string, Message: string): void {
  const headers = { "content-type": "application/json", "x-amzn-errortype": code };
  respond(response, status, headers, JSON.stringify({ Type: "User", Message }));
}
