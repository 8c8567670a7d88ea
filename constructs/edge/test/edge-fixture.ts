import type { TerraformStack } from "cdktf";
import type { BundledFunction } from "../../compute/bundled-function.ts";
import { EncryptionKey } from "../../data/encryption-key.ts";
import { KeysTable } from "../../data/keys-table.ts";
import { createAuthorizer } from "../authorizer.ts";
import { RestApi, type RestApiProps } from "../rest-api.ts";

/** For tests: an authorizer over a table of its own. */
export function testAuthorizer(scope: TerraformStack, bundle: string): BundledFunction {
  const encryptionKey = new EncryptionKey(scope, "Key", { name: "t", region: "us-east-1", isProtected: false });
  return createAuthorizer(scope, "Authorizer", {
    name: "test-authorize-request",
    bundle,
    auth: "required",
    keysTable: new KeysTable(scope, "Keys", { name: "test-keys", encryptionKey, isProtected: false }),
    planKeys: { standard: "for-standard" },
    logRetentionDays: 30,
    kmsKeyArn: "arn:key",
  });
}

/** For tests: a REST API with minimal settings. */
export function testRestApi(scope: TerraformStack, props: Partial<RestApiProps> = {}): RestApi {
  return new RestApi(scope, "Api", {
    name: "test",
    stage: "live",
    auth: "off",
    controlApi: false,
    corsOrigins: ["*"],
    loadBalancerHost: "api.sluice.internal",
    loadBalancerArn: "arn:lb",
    isPublicCertificate: false,
    subnetIds: ["subnet-1", "subnet-2"],
    securityGroupId: "sg-link",
    authorizer: undefined,
    throttle: { requestsPerSecond: 50, burst: 100 },
    logRetentionDays: 30,
    kmsKeyArn: "arn:key",
    hasDomain: false,
    ...props,
  });
}
