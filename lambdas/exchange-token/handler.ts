import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { TokenExchangeSettings } from "../../contracts/processes/workloads.ts";
import { awsLimits } from "../aws-limits.ts";
import { ExchangeStore } from "./exchange-store.ts";
import { requestOf } from "./received-request.ts";
import { serve } from "./serve.ts";
import { fetchDocument } from "./token/fetch-document.ts";
import { IssuerKeys } from "./token/issuer-keys.ts";

const Settings = z.object({
  [ENV.keysTable]: z.string().min(1),
  [ENV.tokenExchange]: z.string().transform((json) => TokenExchangeSettings.parse(JSON.parse(json))),
});

const settings = Settings.parse(process.env);
const { entry, workloads } = settings[ENV.tokenExchange];
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(2000)), {
  marshallOptions: { removeUndefinedValues: true },
});
const store = new ExchangeStore(client, settings[ENV.keysTable]);
const keys = new IssuerKeys({ read: fetchDocument, now: () => performance.now() });

/** The token exchange, called by the load balancer. */
export const handler = middy().handler(async (event: unknown, { awsRequestId }: { readonly awsRequestId: string }) => {
  const request = requestOf(event, entry, awsRequestId);
  const log = (line: Readonly<Record<string, unknown>>) =>
    process.stdout.write(
      `${JSON.stringify({ ...line, time: new Date().toISOString(), requestId: request.requestId })}\n`,
    );
  return await serve(request, { workloads, keys, store, log, wallClock: Date.now });
});
