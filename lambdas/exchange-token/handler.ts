import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { DEFAULT_ORGANIZATION, withAddress } from "../../contracts/processes/people.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { TokenExchangeSettings } from "../../contracts/processes/token-exchange.ts";
import { IssuerKeys } from "../../domain/issuers/issuer-keys.ts";
import { fetchDocument } from "../../lib/http/fetch-document.ts";
import { awsLimits } from "../aws-limits.ts";
import { RefusalStore, refusalRecorder } from "../refusal-store.ts";
import { ExchangeStore } from "./exchange-store.ts";
import { PeopleStore } from "./people-store.ts";
import { requestOf } from "./received-request.ts";
import { serve } from "./serve.ts";
import { describeSignIn, issuerClient } from "./sign-in-document.ts";
import { verifiedIdToken } from "./verify-id-token.ts";

const Settings = z.object({
  [ENV.keysTable]: z.string().min(1),
  [ENV.controlTable]: z.string().min(1).optional(),
  [ENV.localIssuer]: z.string().optional(),
  [ENV.tokenExchange]: z.string().transform((json) => TokenExchangeSettings.parse(JSON.parse(json))),
});

const settings = Settings.parse(process.env);
const { entry, workloads, people: declared, sessions = false } = settings[ENV.tokenExchange];
const peopleSettings = withAddress(declared, settings[ENV.localIssuer]);
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(2000)), {
  marshallOptions: { removeUndefinedValues: true },
});
const store = new ExchangeStore(client, settings[ENV.keysTable]);
const controlTable = settings[ENV.controlTable];
const tables = controlTable === undefined ? undefined : { control: controlTable, keys: settings[ENV.keysTable] };
const refusals = tables && new RefusalStore(client, tables);
const people =
  peopleSettings === undefined || tables === undefined
    ? undefined
    : {
        settings: peopleSettings,
        store: new PeopleStore(client, tables, peopleSettings.organization ?? DEFAULT_ORGANIZATION),
      };
const uptime = () => performance.now();
const keys = new IssuerKeys({ read: fetchDocument, now: uptime });
const issuer = peopleSettings && issuerClient(peopleSettings, uptime);

/** The token exchange, called by the load balancer. */
export const handler = middy().handler(async (event: unknown, { awsRequestId }: { readonly awsRequestId: string }) => {
  const request = requestOf(event, entry, awsRequestId);
  const log = (line: Readonly<Record<string, unknown>>) =>
    process.stdout.write(
      `${JSON.stringify({ ...line, time: new Date().toISOString(), requestId: request.requestId })}\n`,
    );
  return await serve(request, {
    workloads,
    people,
    describeSignIn: issuer && people && (() => describeSignIn(people.settings, issuer, log)),
    browser:
      sessions && issuer && people
        ? {
            people,
            client: issuer,
            verify: (idToken) => verifiedIdToken(idToken, people.settings, { keys, wallClock: Date.now }),
            isSecure: settings[ENV.localIssuer] === undefined,
            wallClock: Date.now,
            wait: sleep,
            log,
          }
        : undefined,
    keys,
    store,
    log,
    wallClock: Date.now,
    ...(refusals ? { recordRefusal: refusalRecorder(refusals, log) } : {}),
  });
});
