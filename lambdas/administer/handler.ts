import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { errorBody } from "../../contracts/api/errors.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { awsLimits } from "../aws-limits.ts";
import { jsonResponse } from "../load-balancer-event.ts";
import { requestOf } from "./control-request.ts";
import { serve } from "./serve.ts";
import { DynamoControlStore } from "./store/dynamo-control-store.ts";

const Text = z.string().min(1);
const settings = z.object({ [ENV.controlTable]: Text, [ENV.keysTable]: Text, [ENV.keyPlan]: Text }).parse(process.env);
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(3000)));
const keyPlan = settings[ENV.keyPlan];
const tables = { control: settings[ENV.controlTable], keys: settings[ENV.keysTable] };
const store = new DynamoControlStore(client, tables);

/** The control API, called by the load balancer. */
export const handler = middy().handler(async (event: unknown, { awsRequestId }: { readonly awsRequestId: string }) => {
  const { requestId, ...request } = requestOf(event, awsRequestId);
  const log = (line: Readonly<Record<string, unknown>>) =>
    process.stdout.write(`${JSON.stringify({ ...line, time: new Date().toISOString(), requestId })}\n`);
  try {
    const { status, headers, body } = await serve(request, { store, keyPlan, now: Date.now, log });
    return jsonResponse(status, body, requestId, headers);
  } catch (error) {
    log({ level: "error", msg: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return jsonResponse(500, errorBody("internal_error"), requestId);
  }
});
