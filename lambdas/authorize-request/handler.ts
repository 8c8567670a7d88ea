import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { AccessTokenSettings } from "../../contracts/processes/access-tokens.ts";
import { ANTHROPIC_PATHS } from "../../contracts/processes/auth.ts";
import { withAddress } from "../../contracts/processes/people.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { FailedKeys } from "../../domain/keys/failed-keys.ts";
import { awsLimits } from "../aws-limits.ts";
import { authorize } from "./authorize.ts";
import { keyFinder } from "./find-key.ts";
import { tokenPlans } from "./token-plans.ts";

const Settings = z.object({
  [ENV.keysTable]: z.string().min(1),
  [ENV.authMode]: z.enum(["optional", "required"]),
  [ENV.planKeys]: z.string().transform((json) => z.record(z.string(), z.string()).parse(JSON.parse(json))),
  [ENV.accessTokens]: z
    .string()
    .transform((json) => AccessTokenSettings.parse(JSON.parse(json)))
    .optional(),
  [ENV.localIssuer]: z.string().optional(),
});
const Event = z.object({
  methodArn: z.string(),
  resource: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  requestContext: z.object({ identity: z.object({ sourceIp: z.string().nullish() }).nullish() }).nullish(),
});

/** Addresses whose refused keys one execution environment counts at once: 1.5 MB if they all come in one minute. */
const MAX_FAILING_ADDRESSES = 10_000;

const settings = Settings.parse(process.env);
const findKey = keyFinder(new DynamoDBClient(awsLimits(1500)), settings[ENV.keysTable]);
const accessTokens = settings[ENV.accessTokens];
const options = {
  mode: settings[ENV.authMode],
  planKeys: settings[ENV.planKeys],
  findKey,
  wallClock: Date.now,
  ...(accessTokens && {
    tokens: tokenPlans({ ...accessTokens, people: withAddress(accessTokens.people, settings[ENV.localIssuer]) }),
  }),
  failedKeys: new FailedKeys(MAX_FAILING_ADDRESSES),
};

/** API Gateway's REQUEST authorizer. */
export const handler = middy().handler(async (event: unknown) => {
  const { methodArn, resource, headers, requestContext } = Event.parse(event);
  const sourceIp = requestContext?.identity?.sourceIp ?? undefined;
  return authorize({ methodArn, sourceIp, authorization: credential(headers ?? {}, resource ?? "") }, options);
});

/** `Authorization`, or `x-api-key` on the paths of Anthropic's SDKs. */
function credential(headers: Readonly<Record<string, string>>, resource: string): string | undefined {
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const key = ANTHROPIC_PATHS.some((path) => resource.startsWith(path)) ? byName.get("x-api-key") : undefined;
  return byName.get("authorization") ?? (key === undefined ? undefined : `Bearer ${key}`);
}
