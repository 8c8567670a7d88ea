import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, onTestFinished } from "vitest";
import { controlTableName, keysTableName } from "../../contracts/processes/names.ts";
import { newAdminKey } from "../../domain/keys/admin-key.ts";
import { firstAdminKey } from "../../domain/tenancy/first-admin-key.ts";
import { DynamoControlStore } from "../../lambdas/administer/store/dynamo-control-store.ts";
import { LOCAL_CREDENTIALS } from "../runtime/aws-environment.ts";
import type { Twin } from "../twin.ts";
import type { OnEnd } from "./started-twin.ts";

/** Makes the organisation of a running stack of dev. @param onEnd when its client ends. @default - with the test. @returns its owner's admin key, and a client of the stack's tables */
export async function stackOwner({ runtime }: Twin, onEnd: OnEnd = onTestFinished) {
  const { awsUrl, region } = runtime.settings;
  const client = new DynamoDBClient({ endpoint: awsUrl, region, credentials: LOCAL_CREDENTIALS });
  onEnd(() => client.destroy());
  const document = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const admin = newAdminKey();
  const none = { organization: undefined, email: undefined, user: undefined, invite: undefined };
  const request = { organizationId: "default", email: "owner@example.com", name: "first", nowMs: Date.now() };
  const store = new DynamoControlStore(document, { control: controlTableName("dev"), keys: keysTableName("dev") });
  expect(await store.write("default", firstAdminKey(none, request, admin).changes)).toBe(true);
  return { adminKey: admin.secret, document };
}
