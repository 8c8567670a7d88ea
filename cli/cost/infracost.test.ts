import { execFile, execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { INSTANCE_TYPE_IDS } from "../../catalog/instance-types.ts";
import { instancePrice, regionPrices, valkeyNodePrice } from "../../catalog/prices/region-prices.ts";
import { VALKEY_NODE_TYPE_IDS } from "../../catalog/valkey-node-types.ts";
import { itemCost } from "../../domain/cost/cost-item.ts";
import { forecast, instancesAt } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE, volumesOf } from "../../domain/cost/usage.ts";
import { loadEnvironment } from "../../environments/load.ts";
import { environmentSynth } from "../../stacks/test/environment-synth.ts";
import { type PriceService, startPriceService } from "../../test-support/price-service.ts";
import { infracostSource, infracostUsageText, synthesizedDocuments, writeInfracostFiles } from "./infracost-files.ts";

const root = resolve(import.meta.dirname, "../..");
const synth = environmentSynth();
const [dev, prod] = [await loadEnvironment("dev"), await loadEnvironment("prod")];
const sourceOf = (environment: typeof dev) => infracostSource(environment.region, synth(environment) as never);

test("infracost-usage.yml is the forecast's default usage", async () => {
  await expect(infracostUsageText(DEFAULT_USAGE)).toMatchFileSnapshot(join(root, "infracost-usage.yml"));
});

test("the usage file has the storage and writes of copies of held files, which are in the bucket of batches", () => {
  const held = infracostUsageText({ ...DEFAULT_USAGE, heldShare: 0.5 });
  const [, storage, writes] =
    /Batches_Files_\w+:\n\s+standard:\n\s+storage_gb: (\S+)\n\s+monthly_tier_1_requests: (\S+)/.exec(held) ?? [];
  const { batchFileGb, batchFileWrites } = volumesOf(DEFAULT_USAGE);
  expect(Number(storage)).toBeCloseTo(1.5 * batchFileGb, 6);
  expect(Number(writes)).toBeCloseTo(1.5 * batchFileWrites, 6);
});

test("infracost.yml names a file for every environment", () => {
  const written = mkdtempSync(join(tmpdir(), "sluice-infracost-settings-"));
  onTestFinished(() => rmSync(written, { recursive: true, force: true }));
  writeInfracostFiles(written, { dev: "a", "staging-eu": "b" });
  const text = readFileSync(join(written, "infracost.yml"), "utf8");
  const paths = [...text.matchAll(/path: (\S+)/g)].map(([, path]) => path);
  expect(paths).toEqual(["dev", "staging-eu"].map((name) => `cdktf.out/infracost/${name}`));
  expect(readFileSync(join(written, "staging-eu/main.tf"), "utf8")).toBe("b");
});

test("an environment's stacks are all that are named after it, and none is an error that names the remedy", () => {
  const synthesized = mkdtempSync(join(tmpdir(), "sluice-synthesized-"));
  try {
    for (const stack of ["dev-bootstrap", "dev-data", "dev-eu-data"]) {
      mkdirSync(join(synthesized, "stacks", stack), { recursive: true });
      writeFileSync(join(synthesized, "stacks", stack, "cdk.tf.json"), "{}");
    }
    expect(Object.keys(synthesizedDocuments(synthesized, "dev"))).toEqual(["dev-bootstrap", "dev-data"]);
    expect(() => synthesizedDocuments(synthesized, "prod")).toThrow(/no stack named prod-….*npm run synth/);
  } finally {
    rmSync(synthesized, { recursive: true, force: true });
  }
});

test("two stacks with one address are refused by name", () => {
  const stack = { resource: { aws_lb: { LoadBalancer: { internal: true } } } };
  expect(() => infracostSource("us-east-1", { a: stack, b: stack })).toThrow(
    /resource\.aws_lb\.LoadBalancer is in a and in b; rename one/,
  );
});

const hasInfracost = (() => {
  try {
    execFileSync("infracost", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
const missing = "infracost is not on the PATH";

interface Resource {
  readonly name: string;
  readonly costComponents?: readonly { readonly name: string; readonly monthlyCost: string | null }[];
  readonly subresources?: readonly Resource[];
}
interface Component {
  /** Type of the resource, and of the launch template below a group. */
  readonly of: string;
  readonly name: string;
  readonly usd: number;
}

function components({ name, costComponents = [], subresources = [] }: Resource, parent = ""): readonly Component[] {
  const of = `${parent}${name}`;
  return [
    ...costComponents.map((each) => ({ of, name: each.name, usd: Number(each.monthlyCost ?? 0) })),
    ...subresources.flatMap((child) => components(child, `${of} `)),
  ];
}

/** Costs that both compute: our items, and Infracost's resources and components. */
const BOTH: readonly (readonly [ours: RegExp, resource: RegExp, component: RegExp])[] = [
  [/, pool /, /^aws_autoscaling_group\.Engines/, /^Instance usage/],
  [/, shared store$/, /^aws_elasticache_replication_group/, /^ElastiCache/],
  [/, gateways$/, /^aws_autoscaling_group\.Gateways/, /^Instance usage/],
  [/^volumes of (pool|gateways)/, /^aws_autoscaling_group/, /^Storage/],
  [/^load balancers$/, /^aws_lb/, /^Application load balancer/],
  [/^load balancer capacity/, /^aws_lb/, /capacity units/],
  [/^interface endpoints/, /^aws_vpc_endpoint/, /^Endpoint/],
  [/^data through endpoints/, /^aws_vpc_endpoint/, /^Data processed/],
  [/^API requests/, /^aws_api_gateway/, /^Requests/],
  [/^web ACL/, /^aws_wafv2/, /^Web ACL/],
  [/^firewall rules/, /^aws_wafv2/, /^Rules/],
  [/^requests checked/, /^aws_wafv2/, /^Requests/],
  [/^page to visitors/, /^aws_cloudfront/, /^Data transfer out to internet/],
  [/^page requests/, /^aws_cloudfront/, /^HTTPS/],
  [/^alarms/, /^aws_cloudwatch_metric_alarm/, /resolution/],
  [/^dashboards/, /^aws_cloudwatch_dashboard/, /./],
  [/^key look-ups/, /^aws_dynamodb_table\.Keys/, /^Read request/],
  [/^stored responses/, /^aws_dynamodb_table\.Responses/, /^Write request/],
  [/^work on batches/, /^aws_dynamodb_table\.Batches/, /^Write request/],
  [/^files of batches/, /^aws_s3_bucket\.Batches/, /^Storage/],
  [/^writes of batches' files/, /^aws_s3_bucket\.Batches/, /^PUT/],
  [/^encryption keys/, /^aws_kms_key/, /^Customer master key/],
  [/^authorizations/, /^aws_lambda_function\.Authorizer/, /^Requests/],
  [/^time of the authorizer/, /^aws_lambda_function\.Authorizer/, /^Duration/],
];

describe("Infracost, over prices of the catalogue", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-infracost-"));
  let service: PriceService | undefined;
  const run = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)("infracost", args, {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
      timeout: 50_000,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        INFRACOST_PRICING_API_ENDPOINT: service?.url,
        INFRACOST_API_KEY: "none",
        INFRACOST_SKIP_UPDATE_CHECK: "true",
        INFRACOST_ENABLE_CLOUD: "false",
        INFRACOST_PRICING_CACHE_DISABLED: "true", // the cache, in a folder above, would hold other prices
        INFRACOST_NO_COLOR: "true",
      },
    });
    return stdout;
  };

  beforeAll(async () => {
    if (!hasInfracost) return;
    service = await startPriceService({
      prices: regionPrices("us-east-1"),
      instanceHour: Object.fromEntries([
        ...INSTANCE_TYPE_IDS.map((type) => [type, instancePrice("us-east-1", type).usd] as const),
        ...VALKEY_NODE_TYPE_IDS.map((type) => [type, valkeyNodePrice("us-east-1", type).usd] as const),
      ]),
    });
    copyFileSync(join(root, "infracost-usage.yml"), join(folder, "infracost-usage.yml"));
    writeInfracostFiles(join(folder, "cdktf.out/infracost"), { dev: sourceOf(dev), prod: sourceOf(prod) });
    await run(
      "breakdown",
      "--config-file=cdktf.out/infracost/infracost.yml",
      "--format=json",
      "--out-file=breakdown.json",
    );
  });
  afterAll(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test.for([dev, prod])(
    "agrees with the forecast of $name within 5 % for all costs that both compute",
    (environment, { skip }) => {
      skip(!hasInfracost, missing);
      const { projects } = JSON.parse(readFileSync(join(folder, "breakdown.json"), "utf8"));
      const project = projects.find(({ name }: { name: string }) => name === environment.name);
      const theirs = (project.breakdown.resources as Resource[]).flatMap((resource) => components(resource));
      const { items, fleets } = forecast(environment, DEFAULT_USAGE);
      // Infracost prices a group at its minimum.
      const ours = items.map((item) => {
        const fleet = fleets.find(({ name }) => name === item.fleet);
        return { what: item.what, usd: itemCost(item) * (fleet ? instancesAt(fleet, 0) : 1) };
      });
      const sum = (values: readonly { readonly usd: number }[]) => values.reduce((total, { usd }) => total + usd, 0);
      for (const [what, resource, component] of BOTH) {
        if (environment.valkey === null && what.source.startsWith(", shared store")) continue;
        const own = sum(ours.filter((item) => what.test(item.what)));
        const other = sum(theirs.filter((each) => resource.test(each.of) && component.test(each.name)));
        expect(own, `${what}: forecast ${own}, Infracost ${other}`).toBeGreaterThan(0);
        expect(Math.abs(own / other - 1), `${what}: forecast ${own}, Infracost ${other}`).toBeLessThan(0.05);
      }
      // Infracost finds no monthly cost that the forecast does not have.
      const known = theirs.filter((each) =>
        BOTH.some(([, resource, name]) => resource.test(each.of) && name.test(each.name)),
      );
      const rest = theirs.filter((each) => !known.includes(each) && each.usd > 0);
      expect(rest.filter(({ of, name }) => !/log_group/.test(of) || !/^Data ingested/.test(name))).toEqual([]);
    },
  );

  test("queries only prices that the catalogue has, or that nothing here is charged by", ({ skip }) => {
    skip(!hasInfracost, missing);
    const charged = [...(service?.unknown ?? [])].filter(
      (product) =>
        !/Select-|Storage-Duration|Invalidations|to Origin|HTTP-Proxy|StreamsRead|Restore|On-Demand Backup|GenerateDatakeyPair|DataScanned|CPUCredits|AmazonSNS|AWSEvents|-Events/.test(
          product,
        ),
    );
    expect(charged).toEqual([]);
  });

  // documented: infracost-comment
  test("comments on a pull request with the difference", async ({ skip }) => {
    skip(!hasInfracost, missing);
    const more = { ...dev, gateways: { ...dev.gateways, minInstances: 2 } };
    writeInfracostFiles(join(folder, "cdktf.out/infracost"), { dev: sourceOf(more), prod: sourceOf(prod) });
    await run(
      "diff",
      "--config-file=cdktf.out/infracost/infracost.yml",
      "--compare-to=breakdown.json",
      "--format=json",
      "--out-file=difference.json",
    );
    const comment = await run(
      "comment",
      "github",
      "--path=difference.json",
      "--repo=owner/name",
      "--pull-request=1",
      "--github-token=none",
      "--dry-run",
    );
    expect(comment).toMatch(/estimate increased by \$\d+/);
    expect(comment).toContain("<td>dev</td>");
    expect(comment).toContain("aws_autoscaling_group.Gateways_Fleet");
    expect(comment).not.toContain("<td>prod</td>");
  });
});
