import { expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import { asObject } from "../../local/template/json.ts";
import { environmentSynth } from "../../stacks/test/environment-synth.ts";
import { resources } from "../../test-support/synth.ts";
import { resolveReferences } from "../permissions/test/resolve-references.ts";
import { expectGatewayRights } from "./gateway-rights.ts";

const STACK = "dev-serving";
const stacks = environmentSynth()(await loadEnvironment("dev"));
const policies = Object.values(resources(stacks[STACK], "aws_iam_role_policy"))
  .filter(({ role }) => resolveReferences(String(role), STACK, stacks) === "sluice-dev-gateway")
  .map(({ policy }) => JSON.parse(resolveReferences(String(policy), STACK, stacks)));
const statements = policies.flatMap(({ Statement }) => [Statement].flat()).map((statement) => asObject(statement));

test("the synthesized role of dev's gateways has the rights that the acceptance run expects of the applied one", () => {
  expect(policies).toHaveLength(1);
  expectGatewayRights(statements, "sluice-dev");
});

test("a further folder of the batches' bucket is found", () => {
  const further = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::sluice-dev-files-1/other/*" };
  expect(() => expectGatewayRights([...statements, further], "sluice-dev")).toThrow(
    `folders of the batches' bucket: wanted ["files","held","parts"], found ["files","held","other","parts"]`,
  );
});
