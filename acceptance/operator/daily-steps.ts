import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from "@aws-sdk/client-auto-scaling";
import { DeleteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DescribeVpcEndpointsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CopyObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { loadEnvironment } from "../../environments/load.ts";
import { asObject } from "../../local/template/json.ts";
import { expectEqual } from "../assertions/assertion.ts";
import { resourcesOf, roleStatements } from "../assertions/role-policy.ts";
import { parseObject } from "../aws-calls/call.ts";
import { clientSettings } from "../aws-client/aws-client.ts";
import type { Clone } from "./clone.ts";
import type { Runbook } from "./runbook.ts";

/** "Rotate": a new key is accepted, and refused within a second after it is revoked. */
export async function rotateKey(runbook: Runbook): Promise<void> {
  const { environment, operator, report } = runbook;
  const made = await operator.run("keys create", ["--aws", "--name", "me"], { says: [/^sk-sl-/m, /Id \S+, plan/] });
  const secret = /^sk-sl-\S+/m.exec(made)?.[0] ?? "";
  const id = /Id ([\w-]+),/.exec(made)?.[1] ?? "";
  await operator.run("keys list", ["--aws"], { says: [new RegExp(`${id} +me .*active`)] });
  const address = await apiAddress(runbook);
  const headers = {
    authorization: `Bearer ${secret}`,
    // The emulator reads a plan's identifier from the request, and not from the authorizer's result as AWS does.
    "x-api-key": `sluice-plan-${environment}-standard-identifier`,
  };
  const status = async () => (await fetch(`${address}/v1/models`, { headers })).status;
  expectEqual("the status of a new key's request, with no gateway behind the API", await status(), 503);
  await operator.run("keys revoke", [id, "--aws"], { says: [/all gateways refuse it within 1 s/] });
  await sleep(1000);
  expectEqual("the status of a revoked key's request", await status(), 401);
  report(`${environment}: a key made, let in, revoked, refused`);
}

/** Address of the API behind the AWS proxy; the edge stack's output has its address at AWS. */
async function apiAddress({ environment, operator, testbed }: Runbook): Promise<string> {
  const folder = join(operator.deployFolder, "cdktf.out/stacks", `${environment}-edge`);
  const outputs = parseObject(await operator.program("tofu", [`-chdir=${folder}`, "output", "-json"]));
  const value = (name: string) => String(asObject(outputs[name]).value);
  const [, id, stage] = /^https:\/\/(\w+)\.execute-api\..*\.amazonaws\.com\/(\w+)/.exec(value("api_url")) ?? [];
  if (id === undefined || stage === undefined) throw new Error(`The output api_url is ${value("api_url")}.`);
  return `${testbed.awsProxy.url}/_aws/execute-api/${id}/${stage}`;
}

/** "Deploy": a pool's limit by TF_VAR_…, over the one that is stored in a file. */
export async function scale(runbook: Runbook): Promise<void> {
  const { environment, operator, report } = runbook;
  const before = operator.retainedVariables();
  const deploy = (variables: Readonly<Record<string, string>>) =>
    operator.run("deploy", ["--yes", "--stack", "serving"], { variables, says: [/\d+ to change/] });
  writeFileSync(operator.variablesFile, JSON.stringify({ ...before, phi_3_mini_max_instances: 3 }));
  await deploy({ TF_VAR_phi_3_mini_max_instances: "4" });
  expectEqual("the most engines, by TF_VAR over the file", await mostEngines(runbook), 4);
  await deploy({});
  expectEqual("the most engines, by the file", await mostEngines(runbook), 3);
  writeFileSync(operator.variablesFile, JSON.stringify(before));
  report(`${environment}: a pool's limit changed by TF_VAR_… and by terraform.tfvars.json`);
}

async function mostEngines({ environment, testbed }: Runbook): Promise<number | undefined> {
  const { AutoScalingGroups = [] } = await new AutoScalingClient(clientSettings(testbed.awsProxy.url)).send(
    new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [`sluice-${environment}-engine-phi-3-mini`] }),
  );
  return AutoScalingGroups[0]?.MaxSize;
}

/** The providers of an environment with the whole example of one in docs/providers.md. */
function documentedProvider(clone: Clone): string {
  const page = readFileSync(join(clone.folder, "docs/providers.md"), "utf8");
  const example = /^```ts\n(openai: \{[^`]*\n\})\n```$/m.exec(page)?.[1];
  if (example === undefined) throw new Error("docs/providers.md has no example of a provider.");
  return `providers: {\n${example},\n},`;
}

/** "Deploy" of changed settings, and "Roll back": a provider with a secret, and the page's title. */
export async function changeAndRollBack(runbook: Runbook): Promise<void> {
  const { environment, operator, clone, testbed, report } = runbook;
  const stacks = ["network", "serving", "site"];
  const args = stacks.flatMap((stack) => ["--stack", stack]);
  const changed = stacks.map((stack) => new RegExp(`${environment}-${stack}: .*\\d+ to (add|change|destroy)`));
  const undo = clone.edit(`environments/${environment}.ts`, [
    { from: "  alarms: {", to: `${documentedProvider(clone)}\n  alarms: {` },
    { from: 'title: "', to: 'title: "New ' },
  ]);
  const { zones, gateways } = await loadEnvironment(environment);
  const nats = Math.min(zones.length, gateways.minInstances);
  // The endpoint of its secret; of the internet egress a rule, a route for each zone, NAT gateways and their addresses.
  const added = new RegExp(`${environment}-network: ${1 + 1 + zones.length + 2 * nats} to add$`, "m");
  await operator.run("plan", ["--detailed-exitcode", "--stack", "network"], { code: 2, says: [added] });
  await operator.run("deploy", ["--yes", ...args], { says: [...changed, /deployed; nothing is left to change/] });
  expectEqual("secrets that the gateways may read", await readableSecrets(runbook), [
    "arn:aws:secretsmanager:us-east-1:123456789012:secret:sluice/openai-??????",
    `arn:aws:secretsmanager:us-east-1:123456789012:secret:sluice/${environment}/providers/*-??????`, // added at run time
  ]);
  expectEqual("endpoints of Secrets Manager", await secretsEndpoints(testbed.awsProxy.url), 1);
  report(
    `${environment}: a provider declared and deployed; gateways may read its secret and those of providers added at run time`,
  );
  undo();
  await operator.run("deploy", ["--yes", ...args], { says: [...changed, /deployed; nothing is left to change/] });
  expectEqual("secrets that the gateways may read", await readableSecrets(runbook), []);
  expectEqual("endpoints of Secrets Manager", await secretsEndpoints(testbed.awsProxy.url), 0);
  report(`${environment}: rolled back by the earlier files`);
}

async function readableSecrets({ environment, testbed }: Runbook): Promise<readonly string[]> {
  return resourcesOf(await roleStatements(testbed.awsProxy.url, `sluice-${environment}-gateway`), "secretsmanager");
}

async function secretsEndpoints(url: string): Promise<number> {
  const { VpcEndpoints = [] } = await new EC2Client(clientSettings(url)).send(new DescribeVpcEndpointsCommand({}));
  return VpcEndpoints.filter(
    ({ ServiceName = "", State }) => ServiceName.endsWith(".secretsmanager") && State?.toLowerCase() !== "deleted",
  ).length;
}

/** "Roll back", a damaged state: the version before is copied over it, and the digest of the damaged one is deleted. */
export async function restoreState(runbook: Runbook): Promise<void> {
  const { environment, operator, testbed, state, report } = runbook;
  const settings = clientSettings(testbed.awsProxy.url);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const location = { Bucket: state.bucket, Key: `${environment}/serving.tfstate` };
  await s3.send(new PutObjectCommand({ ...location, Body: "damaged" }));
  await operator.run("plan", ["--stack", "serving"], { code: 1 });
  const { Versions = [] } = await s3.send(
    new ListObjectVersionsCommand({ Bucket: state.bucket, Prefix: location.Key }),
  );
  const good = Versions.find(({ IsLatest }) => IsLatest !== true)?.VersionId;
  if (good === undefined) throw new Error(`There is no older version of ${location.Key}.`);
  const CopySource = `${state.bucket}/${location.Key}?versionId=${good}`;
  await s3.send(new CopyObjectCommand({ ...location, CopySource }));
  const LockID = { S: `${state.bucket}/${location.Key}-md5` };
  await new DynamoDBClient(settings).send(new DeleteItemCommand({ TableName: state.lockTable, Key: { LockID } }));
  report(`${environment}: a damaged state restored from the versions of its bucket`);
}
