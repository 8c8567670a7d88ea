import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeLaunchTemplateVersionsCommand, EC2Client, type ResponseLaunchTemplateData } from "@aws-sdk/client-ec2";
import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { App } from "cdktf";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, expect, type TestContext, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { validateEnvironment } from "../environments/validate.ts";
import { asObject, asText, blocks, type JsonObject } from "../local/template/json.ts";
import type { Environment } from "../settings/environment.ts";
import { synthesizeEnvironment } from "../stacks/environment-stacks.ts";
import { builtAssets } from "../test-support/built-assets.ts";
import { OUTSIDE_PROVIDER } from "../test-support/outside-provider.ts";
import { writeShortestEnvironment } from "../test-support/shortest-environment.ts";
import { USER_POOL_IDENTITY } from "../test-support/user-pool-identity.ts";
import type { Applied, StackAssertion } from "./assertions/assertion.ts";
import { STACK_ASSERTIONS } from "./assertions/table.ts";
import { USER_POOL } from "./assertions/user-pool.ts";
import { inventory, leftOver, notFound } from "./aws-client/leftovers.ts";
import { linesOfRun, linesWithout, readRecord, recordedEnvironment } from "./permissions/recorded-requests.ts";
import { look } from "./prove-environment.ts";
import { makeExistingNetwork } from "./stacks/existing-network.ts";
import { makeHostedZone } from "./stacks/hosted-zone.ts";
import { readEveryStack } from "./stacks/read-stacks.ts";
import { choose, inOrder, needs } from "./stacks/stack-order.ts";
import { StackRun } from "./stacks/stack-run.ts";
import { makeStateStores } from "./stacks/state-store.ts";
import { type Update, USER_POOL_UPDATE } from "./stacks/updates.ts";
import { openWorkshop, startTestbed, type Workshop } from "./testbed.ts";
import { Children } from "./tools/children.ts";
import { acceptanceCache } from "./tools/machine.ts";
import { MissingTool } from "./tools/missing-tool.ts";

const dev = await loadEnvironment("dev");

const DOMAIN = "api.example.com";
const PAGE_DOMAIN = "chat.example.com";
const pool = dev.pools["phi-3-mini"];
if (pool === undefined) throw new Error("dev has no pool phi-3-mini");
/** The pool in a Capacity Block, which has capacity for as many instances as it has, and no more. */
const ofBlock = {
  ...pool,
  instanceType: "p5.4xlarge",
  purchase: { option: "capacity-block", reservationId: "cr-0123456789abcdef0" },
  replacement: "old-first",
} as const;
/** A bundle that the emulators can open as a function. */
const bundle = zipSync({ "index.js": strToU8("exports.handler = async () => ({});") });
const FUNCTIONS = ["administer", "count-usage", "drain-engine", "exchange-token", "seal-audit", "send-notices"];
const assets = builtAssets(Object.fromEntries(FUNCTIONS.map((name) => [`lambdas/${name}.zip`, bundle])));
const children = new Children();
let workshop: Workshop | MissingTool;

beforeAll(async () => {
  const machine = { variables: process.env, cache: acceptanceCache(process.env), children, report: () => {} };
  workshop = await openWorkshop(machine).catch((error: unknown) => {
    if (error instanceof MissingTool) return error;
    throw error;
  });
}, 900_000); // the first time, the emulators are installed
afterAll(() => {
  children.stopAll();
  assets.remove();
});

interface SmallApply {
  /** @default - that of dev */
  readonly region?: string;
  /** @param url address of the AWS proxy */
  readonly environment: (url: string) => Promise<Environment>;
  /** Short names of the stacks to apply. */
  readonly names: readonly string[];
  /** A change of an applied stack, by its short name. @default - nothing changes */
  readonly update?: { readonly name: string; readonly update: Update; readonly claims: readonly StackAssertion[] };
  /** Checks the applied stacks, before the update. */
  readonly inspect: (applied: (name: string) => Promise<Applied>) => Promise<void>;
}

/** `npm run prove` applies every stack; these are the smallest stacks with settings that no environment file has. */
async function applyAndDestroy(
  context: TestContext,
  { region = dev.region, environment, names, update, inspect }: SmallApply,
): Promise<void> {
  if (workshop instanceof MissingTool) return context.skip(workshop.message);
  const folder = mkdtempSync(join(tmpdir(), "sluice-small-apply-"));
  context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const testbed = await startTestbed(workshop, folder, region);
  context.onTestFinished(() => testbed.stop());
  const { url, unsupported } = testbed.awsProxy;

  const app = new App({ outdir: join(folder, "synth"), stackTraces: false });
  const input = await environment(url);
  const described = validateEnvironment(input, `environments/${input.name}.ts`);
  synthesizeEnvironment(app, described, assets);
  app.synth();
  const stacks = choose(readEveryStack(join(folder, "synth")), described.name, names);
  expect(stacks.map(({ name }) => name)).toEqual(names.map((name) => `${described.name}-${name}`));
  await makeStateStores(url, stacks);
  const before = await inventory(url);
  const runs = stacks.map((stack) => new StackRun(testbed, stack));
  const waitsFor = (run: StackRun) => needs(run.stack, stacks);
  await inOrder(runs, waitsFor, 2, (run) =>
    run.withOneProvider(async () => {
      await run.init();
      await run.apply();
      await run.expectClean("after its apply");
    }),
  );
  expect(leftOver(before, await inventory(url))).toContain(`table sluice-${described.name}-keys`);
  const runOf = (name: string) => {
    const run = runs.find((each) => each.name === `${described.name}-${name}`);
    if (run === undefined) throw new Error(`there is no stack ${name}`);
    return run;
  };
  await inspect((name) => look(runOf(name), url));
  if (update !== undefined) {
    const run = runOf(update.name);
    await run.withOneProvider(() => run.updateAndProve(update.update));
    const updated = await look(run, url);
    for (const { check } of update.claims) await check(updated);
  }
  const neededBy = (run: StackRun) => runs.filter((each) => waitsFor(each).includes(run.name)).map(({ name }) => name);
  await inOrder(runs.toReversed(), neededBy, 2, (run) => run.withOneProvider(() => run.destroy("-refresh=false")));
  expect(leftOver(before, await inventory(url))).toEqual([]);
  expect([...unsupported]).toEqual([]);
  expect(testbed.requests.problems).toEqual([]);
  const requests = linesOfRun(testbed.requests, recordedEnvironment(described));
  if (process.env.SLUICE_RECORD) writeFileSync(process.env.SLUICE_RECORD, JSON.stringify(requests));
  expect(linesWithout(requests, readRecord()), "missing in acceptance/permissions/recorded-requests.json").toEqual([]);
}

const TIMEOUT = 900_000; // 5 min on two idle cores

// Beside each other: the provider mostly waits, as it does for AWS until a change has spread.
// documented: shortest-environment-applied
test.concurrent("data and network of the README's environment file, in its region, are applied by OpenTofu, plan nothing more, and leave nothing when destroyed", {
  timeout: TIMEOUT,
}, async (context) => {
  await applyAndDestroy(context, {
    region: "eu-west-1",
    async environment() {
      const folder = mkdtempSync(join(tmpdir(), "sluice-shortest-"));
      context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      // With protection nothing could be destroyed.
      return { ...(await loadEnvironment(writeShortestEnvironment(folder, "eu-west-1"))), deletionProtection: false };
    },
    names: ["data", "network"],
    async inspect(applied) {
      const { attributes } = await applied("network");
      expect(Object.keys(attributes).filter((name) => name.startsWith("aws_nat_gateway."))).toEqual([]);
      expect(Object.keys(attributes).filter((name) => name.startsWith("aws_vpc_endpoint.")).length).toBeGreaterThan(3);
    },
  });
});

test.concurrent("a private entry in a VPC that is there already is applied by OpenTofu, plans nothing more, and leaves the VPC as it was when destroyed", {
  timeout: TIMEOUT,
}, async (context) => {
  await applyAndDestroy(context, {
    environment: async (url) => {
      const domain = { name: DOMAIN, hostedZoneId: await makeHostedZone(url) };
      const ranges = { allowedRanges: ["10.0.0.0/8"] };
      return {
        ...dev,
        api: { ...dev.api, entry: "private", ...ranges, domain, usagePlans: {} },
        network: { ...dev.network, existing: await makeExistingNetwork(url, dev) },
        pools: { "phi-3-mini": ofBlock },
      };
    },
    names: ["data", "edge", "network", "serving"],
    async inspect(applied) {
      const { attributes } = await applied("network");
      // Of an existing VPC, security groups alone are ours.
      const types = new Set(Object.keys(attributes).map((address) => address.split(".")[0]));
      expect([...types].toSorted()).toEqual([
        "aws_security_group",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
      ]);
      const serving = await applied("serving");
      const client = new ElasticLoadBalancingV2Client(serving.client);
      const { LoadBalancers = [] } = await client.send(new DescribeLoadBalancersCommand({}));
      expect(LoadBalancers.map(({ LoadBalancerName, Scheme }) => [LoadBalancerName, Scheme])).toEqual([
        ["sluice-dev", "internal"],
      ]);
      const edge = await applied("edge");
      expect(edge.outputs.api_url).toBe(`https://${DOMAIN}`);
      expect(Object.keys(edge.attributes).filter((name) => name.includes("wafv2"))).toEqual([]);
      const templates = await launchTemplates(serving);
      expect(
        templates.map(({ InstanceType, InstanceMarketOptions }) => [InstanceType, InstanceMarketOptions?.MarketType]),
      ).toEqual(expect.arrayContaining([["p5.4xlarge", "capacity-block"]]));
    },
  });
});

// documented: apply-two-stacks
test.concurrent("a load balancer as the entry, a user pool and internet egress are applied by OpenTofu, plan nothing more, update the pool in place, and leave nothing when destroyed", {
  timeout: TIMEOUT,
}, async (context) => {
  await applyAndDestroy(context, {
    environment: async (url) => {
      const domain = { name: DOMAIN, hostedZoneId: await makeHostedZone(url) };
      const limits = { requestsPerMinutePerIpWithKey: 1000, trustedAddresses: ["203.0.113.0/29", "2001:db8::/48"] };
      return {
        ...dev,
        api: { ...dev.api, ...limits, entry: "alb", domain, usagePlans: {}, controlApi: true },
        providers: { example: OUTSIDE_PROVIDER },
        identity: { ...dev.identity, ...USER_POOL_IDENTITY },
        site: { ...dev.site, domain: { ...domain, name: PAGE_DOMAIN } },
        loadBalancerLogDays: 30,
      };
    },
    names: ["data", "edge", "network", "serving", "site"],
    update: { name: "data", update: USER_POOL_UPDATE, claims: USER_POOL },
    async inspect(applied) {
      const network = await applied("network");
      expect(Object.keys(network.attributes).filter((name) => name.startsWith("aws_nat_gateway."))).toHaveLength(1);
      const ofNetwork = STACK_ASSERTIONS.network ?? [];
      expect(ofNetwork.length).toBeGreaterThan(0);
      for (const { check } of ofNetwork) await check(network);
      const data = await applied("data");
      for (const type of ["aws_cognito_user_pool", "aws_cognito_user_pool_client", "aws_cognito_user_pool_domain"])
        expect(valuesOf(data, type), type).toHaveLength(1);
      for (const { check } of USER_POOL) await check(data);
      expect(notFound(await inventory(data.url), new Set(["aws_cognito_user_pool"]))).toEqual([]);
      const serving = await applied("serving");
      const client = new ElasticLoadBalancingV2Client(serving.client);
      const { LoadBalancers = [] } = await client.send(new DescribeLoadBalancersCommand({}));
      const named = new Map(LoadBalancers.map((each) => [each.LoadBalancerName, each]));
      expect([...named.keys()].toSorted()).toEqual(["sluice-dev", "sluice-dev-alb"]);
      const door = named.get("sluice-dev-alb");
      expect(named.get("sluice-dev")?.Scheme).toBe("internal");
      expect(door?.Scheme).not.toBe("internal");
      const { Listeners = [] } = await client.send(
        new DescribeListenersCommand({ LoadBalancerArn: door?.LoadBalancerArn }),
      );
      expect(Listeners.map(({ Port, Protocol }) => [Port, Protocol])).toEqual([[443, "HTTPS"]]);
      const claims = [...(STACK_ASSERTIONS.serving ?? []), ...(STACK_ASSERTIONS.data ?? [])];
      const ofLogs = claims.filter(({ claim }) => /access logs|every bucket/.test(claim));
      expect(ofLogs).toHaveLength(2);
      await ofLogs[0]?.check(serving);
      await ofLogs[1]?.check(data);
      const edge = await applied("edge");
      expect(edge.outputs.api_url).toBe(`https://${DOMAIN}`);
      expect(Object.keys(edge.attributes).filter((name) => name.startsWith("aws_wafv2_ip_set."))).toHaveLength(2);
      const ofSets = (STACK_ASSERTIONS.edge ?? []).filter(({ types }) => types.includes("aws_wafv2_ip_set"));
      expect(ofSets).toHaveLength(1);
      await ofSets[0]?.check(edge);
      const site = await applied("site");
      expect(site.outputs.site_url).toBe(`https://${PAGE_DOMAIN}`);
      const [distribution] = valuesOf(site, "aws_cloudfront_distribution");
      expect(distribution?.aliases).toEqual([PAGE_DOMAIN]);
      const [certificate] = valuesOf(site, "aws_acm_certificate");
      const [viewer] = blocks(distribution?.viewer_certificate);
      expect(viewer).toMatchObject({ acm_certificate_arn: certificate?.arn, minimum_protocol_version: "TLSv1.2_2021" });
      const records = valuesOf(site, "aws_route53_record").filter(({ name }) => name === PAGE_DOMAIN);
      expect(records.map(({ type }) => type).toSorted()).toEqual(["A", "AAAA"]);
      const associations = Object.entries(edge.attributes).filter(([name]) =>
        name.startsWith("aws_wafv2_web_acl_assoc"),
      );
      expect(associations.map(([, values]) => asObject(values).resource_arn)).toEqual([door?.LoadBalancerArn]);
    },
  });
});

async function launchTemplates({ client, attributes }: Applied): Promise<readonly ResponseLaunchTemplateData[]> {
  const ec2 = new EC2Client(client);
  const ids = valuesOf({ attributes }, "aws_launch_template").map(({ id }) => asText(id));
  const responses = await Promise.all(
    ids.map((LaunchTemplateId) =>
      ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: ["$Latest"] })),
    ),
  );
  return responses.flatMap(({ LaunchTemplateVersions = [] }) =>
    LaunchTemplateVersions.flatMap(({ LaunchTemplateData }) => LaunchTemplateData ?? []),
  );
}

/** Attributes of the applied resources of a type. */
function valuesOf({ attributes }: Pick<Applied, "attributes">, type: string): readonly JsonObject[] {
  return Object.entries(attributes).flatMap(([address, values]) =>
    address.startsWith(`${type}.`) ? [asObject(values)] : [],
  );
}
