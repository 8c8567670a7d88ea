import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { StripeBilling } from "../../contracts/billing/stripe.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { awsLimits } from "../aws-limits.ts";
import { reportStripe } from "./report-stripe.ts";
import { StripeMeters } from "./stripe-meters.ts";
import { StripeTable } from "./stripe-table.ts";

const Settings = z.object({
  [ENV.controlTable]: z.string().min(1),
  [ENV.usageTable]: z.string().min(1),
  [ENV.organization]: z.string().min(1),
  [ENV.stripe]: z.string().transform((json) => StripeBilling.parse(JSON.parse(json))),
  [ENV.stripeSource]: z.string().min(1),
  [ENV.stripeUrl]: z.url().optional(),
});
const settings = Settings.parse(process.env);
const { secretId, meters } = settings[ENV.stripe];
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(5000)));
const secrets = new SecretsManagerClient(awsLimits(3000));
const table = new StripeTable(client, { control: settings[ENV.controlTable], usage: settings[ENV.usageTable] });

/** Reports usage to Stripe, each hour that of the hour before. The key is read in each run, so that it can be replaced. */
export const handler = middy().handler(async (event: unknown) => {
  const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
  const key = SecretString.trim();
  if (key === "") throw new Error(`The secret ${secretId} of Secrets Manager is empty; store a key of Stripe in it.`);
  const stripe = new StripeMeters(key, settings[ENV.stripeUrl]);
  const organization = settings[ENV.organization];
  const source = settings[ENV.stripeSource];
  const { sent, errors } = await reportStripe(event, { table, stripe, meters, organization, source, now: Date.now });
  // Lambda then calls it again.
  if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
  return { sent };
});
