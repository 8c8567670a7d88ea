import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import type { AwsFacts } from "./aws-facts.ts";
import { type CheckSubjects, doctorChecks } from "./doctor-checks.ts";
import type { Finding } from "./finding.ts";

const now = new Date("2026-11-20T10:00:00Z");
const dev = await loadEnvironment("dev");
const prod = await loadEnvironment("prod");
const ARN = "arn:aws:acm:us-east-1:123456789012:certificate/1";
const domain = { name: "api.example.com", hostedZoneId: "Z1" };

/** An account in which nothing is wrong. */
const GOOD: AwsFacts = {
  caller: async () => ({ account: "123456789012", arn: "arn:aws:iam::123456789012:user/ada", date: now }),
  quota: async () => 512,
  vpcOwners: async () => [undefined],
  addressOwners: async () => [],
  functionConcurrency: async () => 1000,
  costTag: async () => "Active",
  hasParameter: async () => true,
  hasImage: async () => true,
  bucket: async () => "ours",
  hasTable: async () => true,
  certificate: async () => ({ status: "ISSUED", notAfter: new Date("2027-11-20T10:00:00Z") }),
  zone: async () => "example.com",
  subnets: async () => [],
  endpoints: async () => [],
  routeTables: async () => [],
  prefixLists: async () => new Map(),
  bucketRegion: async () => "us-east-1",
  weightsFolder: async () => ({ manifest: undefined, kmsKeyArn: undefined, objects: new Map() }),
  zoneIds: async () => new Map([..."abcdef"].map((letter, index) => [letter, `use1-az${[1, 2, 4, 6, 3, 5][index]}`])),
  offerings: async (types) => new Map(types.map((type) => [type, new Set("abcdef")])),
  apiLogRole: async () => "arn:aws:iam::123456789012:role/sluice-dev-api-logs",
};

/** Findings by check, the last of each name. */
async function findings(
  aws: Partial<AwsFacts> = {},
  more: Partial<CheckSubjects> = {},
  names?: readonly string[],
): Promise<Readonly<Record<string, Finding>>> {
  const checks = doctorChecks({
    environment: dev,
    aws: { ...GOOD, ...aws },
    tofuVersion: async () => "1.12.6",
    nodeVersion: "v24.2.0",
    certificateArn: ARN,
    awsRegion: undefined,
    now: () => now,
    ...more,
  });
  const { signal } = new AbortController();
  const wanted = checks.filter(({ name }) => names?.includes(name) ?? true);
  return Object.fromEntries(await Promise.all(wanted.map(async ({ name, run }) => [name, await run(signal)] as const)));
}

describe("doctor", () => {
  test("finds nothing where nothing is wrong", async () => {
    const all = await findings();
    expect(Object.entries(all).map(([name, { level }]) => `${level} ${name}`)).toEqual([
      "ok Node",
      "ok OpenTofu",
      "ok credentials",
      "ok region",
      "ok clock",
      "ok zones",
      "ok instance types",
      "ok Standard vCPUs",
      "ok G vCPUs",
      "ok VPCs",
      "ok Lambda",
      "ok cost tag",
      "ok gateway image",
      "ok engine image",
      "ok API log role",
      "ok certificate",
      "ok state bucket",
      "ok lock table",
    ]);
    expect(all.credentials?.text).toContain("123456789012");
  });

  test("checks the quota of P instances when a pool uses them", async () => {
    expect(Object.keys(await findings({}, { environment: prod }))).toContain("P vCPUs");
  });

  test("GPUs that no copy of a model uses are a warning", async () => {
    const [[name, pool]] = Object.entries(dev.pools) as [[string, (typeof dev.pools)[string]]];
    const idle = { ...pool, instanceType: "g5.12xlarge", tensorParallel: 1, replicasPerInstance: 3 } as const;
    const found = await findings({}, { environment: { ...dev, pools: { [name]: idle } } }, [`GPUs of ${name}`]);
    expect(found[`GPUs of ${name}`]).toMatchObject({ level: "warn", text: expect.stringMatching(/^1 of the 4 GPUs/) });
  });

  test.each([
    ["v22.1.0", "fail"],
    ["v24.1.9", "fail"],
    ["v26.0.0", "ok"],
  ])("Node %s: %s", async (nodeVersion, level) => {
    expect((await findings({}, { nodeVersion })).Node?.level).toBe(level);
  });

  test("an old OpenTofu fails with the required version", async () => {
    const { OpenTofu } = await findings({}, { tofuVersion: async () => "1.9.0" });
    expect(OpenTofu).toMatchObject({ level: "fail", remedy: expect.stringContaining("1.10.0 or newer") });
  });

  test("missing credentials fail with the command to log in", async () => {
    const error = Object.assign(new Error("Could not load credentials"), { name: "CredentialsProviderError" });
    const { credentials } = await findings({ caller: () => Promise.reject(error) }, {}, ["credentials"]);
    expect(credentials).toMatchObject({ level: "fail", remedy: expect.stringContaining("aws sso login") });
  });

  test.each([
    [10, "ok"],
    [30, "warn"],
    [150, "fail"],
    [-200, "fail"],
  ])("a clock %d s off: %s", async (seconds, level) => {
    const date = new Date(now.getTime() + seconds * 1000);
    const { clock } = await findings({ caller: async () => ({ account: "1", arn: "a", date }) });
    expect(clock).toMatchObject({ level, text: `${Math.abs(seconds)} s off AWS's clock` });
  });

  test("a region of the AWS settings that is not the file's is a warning", async () => {
    const { region } = await findings({}, { awsRegion: "eu-west-1" });
    expect(region).toMatchObject({ level: "warn", text: expect.stringContaining("us-east-1, but") });
  });

  test.each([
    [8, "ok", "the quota is 8 vCPUs; the G pools need 4 to start and 8 at most"],
    [4, "warn", "the quota is 4 vCPUs; the G pools need 4 to start and 8 at most"],
    [0, "fail", "the quota is 0 vCPUs; the G pools need 4 to start and 8 at most"],
  ])("a quota of %d vCPUs for two g5.xlarge: %s", async (quota, level, text) => {
    const codes: string[] = [];
    const requestedQuota = async (service: string, code: string) => {
      codes.push(`${service} ${code}`);
      return quota;
    };
    const finding = (await findings({ quota: requestedQuota }, {}, ["G vCPUs"]))["G vCPUs"];
    expect(finding).toMatchObject({ level, text });
    expect(codes).toEqual(["ec2 L-DB2E81BA"]);
    if (level !== "ok") expect(finding?.remedy).toContain("--quota-code L-DB2E81BA --desired-value 8");
  });

  // documented: zones-with-vpc-links
  test("a zone whose letter stands for one without VPC links in this account fails by its id", async () => {
    const ids = new Map([
      ["a", "use1-az6"],
      ["b", "use1-az3"],
      ["c", "use1-az1"],
    ]);
    const { zones } = await findings({ zoneIds: async () => ids });
    expect(zones).toMatchObject({
      level: "fail",
      text: "API Gateway makes no VPC link there: in this account b is use1-az3",
      remedy: "name other zones in environments/dev.ts, of a, b, c",
    });
    const environment = { ...dev, api: { ...dev.api, entry: "alb" as const } };
    expect((await findings({ zoneIds: async () => ids }, { environment })).zones?.level).toBe("ok");
  });

  test("a zone that the account does not have fails", async () => {
    const { zones } = await findings({ zoneIds: async () => new Map([["a", "use1-az1"]]) });
    expect(zones).toMatchObject({ level: "fail", text: "this account has no zone b in us-east-1" });
  });

  test.each([
    [["a", "b"], "ok", "t4g.micro, g5.xlarge in every zone"],
    [["b", "c"], "warn", "g5.xlarge is in b only"],
    [["c"], "fail", "none of the zones a, b has g5.xlarge: it is in c"],
    [[], "fail", "none of the zones a, b has g5.xlarge, nor has another zone of the region"],
  ])("an instance type that AWS has in the zones %j: %s", async (offered, level, text) => {
    const offerings = async () =>
      new Map([
        ["t4g.micro", new Set("abc")],
        ["g5.xlarge", new Set(offered)],
      ]);
    expect((await findings({ offerings }))["instance types"]).toMatchObject({ level, text });
  });

  // documented: one-api-log-role
  test.each([
    ["create", undefined, "ok", /none yet: sluice bootstrap --environment dev creates it/],
    ["create", "arn:aws:iam::1:role/sluice-dev-api-logs", "ok", /sluice-dev-api-logs/],
    ["create", "arn:aws:iam::1:role/sluice-prod-api-logs", "warn", /is set by another environment or tool/],
    ["existing", "arn:aws:iam::1:role/sluice-prod-api-logs", "ok", /sluice-prod-api-logs/],
    ["existing", undefined, "fail", /the account has none in this region/],
  ] as const)("with the account's log role %s, one that is %s: %s", async (accountLogRole, role, level, text) => {
    const environment = { ...dev, api: { ...dev.api, accountLogRole } };
    const found = (await findings({ apiLogRole: async () => role }, { environment }))["API log role"];
    expect(found).toMatchObject({ level, text: expect.stringMatching(text) });
  });

  test("a pool whose new instances start before its old ones end needs both in the quota", async () => {
    const pools = { "phi-3-mini": { ...dev.pools["phi-3-mini"]!, minInstances: 2, maxInstances: 3 } };
    const finding = (await findings({ quota: async () => 12 }, { environment: { ...dev, pools } }))["G vCPUs"];
    expect(finding).toMatchObject({
      level: "warn",
      text: "the quota is 12 vCPUs; the G pools need 8 to start and 12 at most, and 16 while new instances replace the fewest that run",
      remedy: expect.stringContaining("--desired-value 16"),
    });
  });

  test("an image's parameter that does not exist fails with its name", async () => {
    const { "engine image": image } = await findings({ hasParameter: async () => false });
    expect(image).toMatchObject({ level: "fail", text: "the SSM parameter /sluice/images/dev/engine does not exist" });
  });

  test("an AMI that is not in the region fails", async () => {
    const gateways = { ...dev.gateways, image: "ami-0123456789abcdef0" };
    const environment = { ...dev, gateways, pools: {} };
    const { "gateway image": image } = await findings({ hasImage: async () => false }, { environment });
    expect(image?.text).toBe("ami-0123456789abcdef0 does not exist in this region, or is not shared with this account");
  });

  test.each([
    [undefined, undefined, "fail", /certificate_arn is not set/],
    [ARN, undefined, "fail", /does not exist/],
    [ARN, { status: "EXPIRED", notAfter: now }, "fail", /is EXPIRED/],
    [ARN, { status: "ISSUED", notAfter: new Date("2026-12-01T10:00:00Z") }, "warn", /expires in 11 days/],
  ])("without a domain, the certificate %s as %j: %s", async (certificateArn, status, level, text) => {
    const { certificate } = await findings({ certificate: async () => status }, { certificateArn });
    expect(certificate).toMatchObject({ level, text: expect.stringMatching(text) });
    expect(certificate?.remedy).toContain("sluice bootstrap --environment dev --certificate");
  });

  test.each([
    ["example.com", "ok", "api.example.com in the zone example.com"],
    ["api.example.com", "ok", "api.example.com in the zone api.example.com"],
    ["ample.com", "fail", "api.example.com is not a name in the zone ample.com"],
    [undefined, "fail", "the Route 53 zone Z1 does not exist"],
  ])("with a domain, the zone %s: %s", async (zone, level, text) => {
    const environment = { ...dev, api: { ...dev.api, domain } };
    const { certificate } = await findings({ zone: async () => zone }, { environment, certificateArn: undefined });
    expect(certificate).toMatchObject({ level, text });
  });

  test.each([
    ["missing", /sluice bootstrap --environment dev/],
    ["foreign", /choose another state\.bucket in environments\/dev\.ts/],
  ] as const)("a state bucket that is %s fails with the remedy", async (bucket, remedy) => {
    const found = (await findings({ bucket: async () => bucket }))["state bucket"];
    expect(found).toMatchObject({ level: "fail", remedy: expect.stringMatching(remedy) });
  });

  test("a lock table that does not exist fails", async () => {
    expect((await findings({ hasTable: async () => false }))["lock table"]?.level).toBe("fail");
  });
});
