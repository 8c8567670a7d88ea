import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import type { PricesOnFile } from "../../catalog/prices/prices-on-file.ts";
import { ownPrices, regionPrices } from "../../catalog/prices/region-prices.ts";
import { PRICE_NAMES } from "../../catalog/prices/service-units.ts";
import { awsPriceList } from "./price-list.ts";
import { type PricesTools, pricesCommand } from "./prices-command.ts";
import { pricesFileText } from "./prices-file.ts";
import { SERVICE_PRODUCTS } from "./service-products.ts";
import { IRISH_PRODUCTS } from "./test/irish-products.ts";
import { startPriceList, type TestProduct } from "./test/price-list-service.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "test" };
const irish = ["--region", "eu-west-1"];

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sluice-prices-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function run(args: readonly string[], priceList: PricesTools["priceList"], pricesFolder = folder()) {
  const printed: string[] = [];
  const command = pricesCommand({
    print: (text) => printed.push(text),
    pricesFolder,
    priceList,
    now: () => new Date("2026-11-28T12:00:00Z"),
    get admin(): never {
      throw new Error("these commands call no service");
    },
  });
  for (const each of [command, ...command.commands]) each.exitOverride().configureOutput({ writeErr: () => {} });
  await command.parseAsync(["update", ...args], { from: "user" });
  return { printed, text: (region: string) => readFileSync(join(pricesFolder, `${region}.ts`), "utf8") };
}

async function update(products: readonly TestProduct[], args: readonly string[] = irish) {
  const { origin: endpoint, calls } = await startPriceList(products);
  const result = await run(args, (region) => awsPriceList(region, { endpoint, credentials }));
  return { ...result, calls };
}

/** The file as the catalogue loads it. */
async function loaded(text: string): Promise<PricesOnFile> {
  const path = join(folder(), "eu-west-1.ts");
  const catalog = pathToFileURL(join(PROJECT, "catalog/prices/")).href;
  writeFileSync(path, text.replaceAll(`"./`, `"${catalog}`));
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)).EU_WEST_1;
}

describe("sluice prices update", () => {
  // documented: prices-update
  test("writes a region's instances, services and cache nodes as the Price List has them", async () => {
    const { text, printed } = await update(IRISH_PRODUCTS);
    const { instances, services, valkeyNodes } = await loaded(text("eu-west-1"));
    expect(instances["g5.xlarge"]).toMatchObject({ usd: 1.123, unit: "hour", date: "2026-11-28" });
    expect(instances["c7g.large"]).toMatchObject({ usd: 0.0773, date: "2026-11-28" });
    expect(valkeyNodes).toMatchObject({ "cache.t4g.small": { usd: 0.028, date: "2026-11-28" } });
    expect(Object.fromEntries(Object.entries(services).map(([name, { usd }]) => [name, usd]))).toEqual({
      volumeGb: 0.088,
      volumeThroughput: 0.044,
      loadBalancerHour: 0.0252,
      loadBalancerCapacity: 0.008,
      interfaceEndpointHour: 0.011,
      interfaceEndpointGb: 0.01,
      natGatewayHour: 0.048,
      natGatewayGb: 0.048,
      publicAddressHour: 0.005,
      dataOutGb: 0.09,
      crossZoneGb: 0.01,
      apiRequests: 3.5,
      firewallAcl: 5,
      firewallRule: 1,
      firewallRequests: 0.6,
      lambdaRequests: 0.2,
      lambdaGbSeconds: 0.0000133334,
      tableReads: 0.1415,
      tableWrites: 0.705,
      tableGb: 0.283,
      tableRecoveryGb: 0.2264,
      bucketGb: 0.023,
      bucketWrites: 0.005,
      bucketReads: 0.0004,
      encryptionKey: 1,
      encryptionRequests: 0.03,
      signingRequests: 0.15,
      metric: 0.3,
      metricReads: 0.01,
      alarm: 0.1,
      compositeAlarm: 0.5,
      logsGb: 0.57,
      logsStoredGb: 0.03,
    });
    expect(services.apiRequests?.above).toEqual([{ amount: 333_000_000, usd: 2.8 }]);
    expect(services.interfaceEndpointGb?.above).toEqual([{ amount: 1_048_576, usd: 0.006 }]);
    expect(services.tableGb).not.toHaveProperty("above"); // the free 25 GB are no range
    expect(services.natGatewayHour).toMatchObject({
      source: "https://aws.amazon.com/vpc/pricing/, by the AWS Price List API: AmazonEC2 EU-NatGateway-Hours",
      date: "2026-11-28",
    });
    expect(printed).toEqual([expect.stringMatching(/^eu-west-1: 36 prices of 2026-11-28 are in .*eu-west-1\.ts\.$/)]);
  });

  test("knows a product of every price that regions have of their own", () => {
    const withoutRegion = ["distributionGb", "distributionRequests", "dashboard"];
    expect(Object.keys(SERVICE_PRODUCTS).toSorted()).toEqual(
      PRICE_NAMES.filter((name) => !withoutRegion.includes(name)).toSorted(),
    );
    for (const name of PRICE_NAMES)
      expect(regionPrices("eu-west-1")[name].ofRegion === undefined, name).toBe(withoutRegion.includes(name));
  });

  test("keeps what the file has and the list has not, with its own source and date", async () => {
    const { text } = await update(IRISH_PRODUCTS);
    const { instances } = await loaded(text("eu-west-1"));
    expect(instances["g5.4xlarge"]).toEqual(ownPrices("eu-west-1").instances["g5.4xlarge"]);
    expect(instances["g5.2xlarge"]).toEqual(ownPrices("eu-west-1").instances["g5.2xlarge"]);
    expect(Object.keys(instances).toSorted()).toEqual(Object.keys(ownPrices("eu-west-1").instances).toSorted());
  });

  test.each([
    [
      "is missing",
      (each: TestProduct) => !each.usage.endsWith("-NatGateway-Hours"),
      "natGatewayHour of eu-west-1: the Price List has no NatGateway-Hours of AmazonEC2; us-east-1's price stands in for it, marked as such.",
    ],
    [
      "is there twice at different prices",
      (each: TestProduct) => (each.usage === "EU-NatGateway-Bytes" ? [each, { ...each, usd: "0.0500000000" }] : [each]),
      "natGatewayGb of eu-west-1: the Price List has 2 products NatGateway-Bytes of AmazonEC2 with different prices; us-east-1's",
    ],
    [
      "is by an unknown unit",
      (each: TestProduct) => (each.usage === "EU-ApiGatewayRequest" ? [{ ...each, usd: "3.5" }] : [each]),
      "apiRequests of eu-west-1: the Price List has 3500000 dollars for ApiGatewayRequest of AmazonApiGateway by Requests, too far from the 3.5 of us-east-1; us-east-1's",
    ],
  ])("a price whose product %s is named, and the others are written", async (_, change, problem) => {
    const products = IRISH_PRODUCTS.flatMap((each) => {
      const changed = change(each);
      return typeof changed === "boolean" ? (changed ? [each] : []) : changed;
    });
    const { text, printed } = await update(products);
    expect(printed).toHaveLength(2);
    expect(printed[1]?.trim()).toContain(problem);
    const { services } = await loaded(text("eu-west-1"));
    expect(Object.keys(services)).toHaveLength(32);
  });

  test("requests every page, once for all prices of a query, with a signature", async () => {
    const { calls } = await update(IRISH_PRODUCTS);
    for (const { target, authorization } of calls) {
      expect(target).toBe("AWSPriceListService.GetProducts");
      expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d+\/us-east-1\/pricing\//);
    }
    expect(calls.length).toBeLessThan(40);
  });

  test("signs for the endpoint that is chosen", async () => {
    const { calls } = await update(IRISH_PRODUCTS, [...irish, "--api-region", "eu-central-1"]);
    expect(calls[0]?.authorization).toContain("/eu-central-1/pricing/");
  });

  test("the written text is formatted as the linter does", async () => {
    const texts = [
      (await update(IRISH_PRODUCTS)).text("eu-west-1"),
      pricesFileText("us-east-1", ownPrices("us-east-1")),
      pricesFileText("us-east-2", ownPrices("us-east-2")),
    ];
    for (const text of texts) {
      const { stdout } = spawnSync("npx", ["biome", "check", "--write", "--stdin-file-path=catalog/prices/x.ts"], {
        cwd: PROJECT,
        input: text,
        encoding: "utf8",
      });
      expect(stdout).toBe(text);
    }
  });

  test("a file that is written anew without a reading says the same", async () => {
    expect(await loaded(pricesFileText("eu-west-1", ownPrices("eu-west-1")))).toEqual(ownPrices("eu-west-1"));
  });
});

describe("nothing is written", () => {
  test.each([
    [
      "credentials that AWS does not know",
      400,
      "UnrecognizedClientException",
      /AWS refused the credentials .*; log in again/,
    ],
    [
      "a permission that is missing",
      400,
      "AccessDeniedException",
      /not authorized.*; allow your user or role pricing:GetProducts/,
    ],
    ["throttling", 400, "ThrottlingException", /AWS throttled 5 tries of a call; run the command again in a minute/],
    ["a failure of AWS", 500, "InternalErrorException", /AWS failed \(InternalErrorException\); run the command again/],
  ])("after %s, and the error is one line with a remedy", async (_, status, type, text) => {
    const message = "User: arn:aws:iam::1:user/x is not authorized\nto perform pricing:GetProducts";
    const { origin: endpoint, calls } = await startPriceList(IRISH_PRODUCTS, { status, type, message });
    const into = folder();
    const retryStrategy = {
      mode: "none",
      acquireInitialRetryToken: token,
      refreshRetryTokenForRetry: stop,
      recordSuccess() {},
    };
    const error = await run(
      irish,
      (region) => awsPriceList(region, { endpoint, credentials, retryStrategy }),
      into,
    ).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringMatching(text) });
    expect(String(error)).toMatch(/^Error: The AWS Price List can't be read: [^\n]+ Nothing was written\.$/);
    expect(readdirSync(into)).toEqual([]);
    expect(calls).toHaveLength(1);
  });

  test("without credentials", async () => {
    const into = folder();
    const without = () => Promise.reject(Object.assign(new Error("none"), { name: "CredentialsProviderError" }));
    await expect(run(irish, (region) => awsPriceList(region, { credentials: without }), into)).rejects.toThrow(
      "The AWS Price List can't be read: no AWS credentials were found; log in (aws sso login) or set AWS_PROFILE. Nothing was written.",
    );
    expect(readdirSync(into)).toEqual([]);
  });

  test("when one of several regions can't be read", async () => {
    const { origin: endpoint } = await startPriceList(IRISH_PRODUCTS);
    const into = folder();
    await expect(
      run([...irish, "--region", "us-west-2"], (region) => awsPriceList(region, { endpoint, credentials }), into),
    ).rejects.toThrow(/^The AWS Price List has no EC2 instances of us-west-2; .*Nothing was written\.$/);
    expect(readdirSync(into)).toEqual([]);
  });

  test("when a product has an unknown form", async () => {
    const into = folder();
    const products = [{ ...IRISH_PRODUCTS[0], usd: "much" } as TestProduct];
    const { origin: endpoint } = await startPriceList(products);
    await expect(run(irish, (region) => awsPriceList(region, { endpoint, credentials }), into)).rejects.toThrow(
      /^The AWS Price List has a product of AmazonEC2 in an unknown form \(terms\.OnDemand\..*USD: .*Nothing was written\.$/,
    );
    expect(readdirSync(into)).toEqual([]);
  });

  test("for a region that the catalogue has not", async () => {
    await expect(run(["--region", "mars-1"], () => async () => [])).rejects.toThrow(
      /Known regions are us-east-1, .*; add others to catalog\/regions\.ts first\./,
    );
  });
});

const retryToken = { getRetryCount: () => 0, getRetryDelay: () => 0 };
async function token() {
  return retryToken;
}
async function stop(): Promise<never> {
  throw new Error("no retry");
}
