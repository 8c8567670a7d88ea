import { describe, expect, test } from "vitest";
import type { Call, Reply } from "../aws-calls/call.ts";
import type { Emulator } from "../aws-calls/routes.ts";
import { elasticachePatches } from "./elasticache.ts";
import { patchFor } from "./emulator-patch.ts";

interface SentRequest {
  readonly emulator: Emulator;
  readonly fields: Readonly<Record<string, string>>;
  readonly authorization: string | undefined;
}

const AUTHORIZATION = "AWS4-HMAC-SHA256 Credential=1/20260101/us-east-1/elasticache/aws4_request";

/** The AWS proxy's patches before emulators that respond with `respond`; an error is a response with `<Error>`. */
function open(respond: (request: SentRequest) => string) {
  const patches = elasticachePatches();
  const sent: SentRequest[] = [];
  const send = async (call: Call, emulator: Emulator = "ministack"): Promise<Reply> => {
    const fields = Object.fromEntries(new URLSearchParams(call.body.toString()));
    const one: SentRequest = { emulator, fields, authorization: call.headers.authorization };
    sent.push(one);
    const text = respond(one);
    return { status: text.startsWith("<Error>") ? 400 : 200, headers: {}, body: Buffer.from(text) };
  };
  const callThrough = async (Action: string, fields: Readonly<Record<string, string>> = {}) => {
    const call: Call = {
      method: "POST",
      url: "/",
      headers: { authorization: AUTHORIZATION },
      body: Buffer.from(new URLSearchParams({ Action, ...fields }).toString()),
      service: "elasticache",
      region: "us-east-1",
      operation: Action,
    };
    const patch = patchFor(patches, call);
    return (await (patch ? patch.respond(call, send) : send(call))).body.toString();
  };
  return { callThrough, sent };
}

describe("a cache subnet group", () => {
  const ZONES: Readonly<Record<string, string>> = { "subnet-a": "us-east-1a", "subnet-b": "us-east-1b" };
  const group = "<VpcId>vpc-copy</VpcId><SubnetIdentifier>copy-us-east-1a</SubnetIdentifier>";
  const emulators = ({ fields }: SentRequest): string => {
    if (fields.Action === "CreateVpc") return "<vpcId>vpc-copy</vpcId>";
    if (fields.Action === "CreateSubnet") return `<subnetId>copy-${fields.AvailabilityZone}</subnetId>`;
    if (fields.Action !== "DescribeSubnets") return group;
    const zone = ZONES[fields["SubnetId.1"] ?? ""];
    if (zone === undefined) return "<Error>InvalidSubnetID.NotFound</Error>";
    return `<vpcId>vpc-1</vpcId><availabilityZone>${zone}</availabilityZone><cidrBlock>10.0.0.0/24</cidrBlock>`;
  };
  const two = { "SubnetIds.SubnetIdentifier.1": "subnet-a", "SubnetIds.SubnetIdentifier.2": "subnet-b" };

  test("is made in copies of its subnets, in the same zones and in one VPC", async () => {
    const { callThrough, sent } = open(emulators);
    await callThrough("CreateCacheSubnetGroup", two);
    expect(sent.at(-1)).toMatchObject({
      emulator: "ministack",
      authorization: AUTHORIZATION,
      fields: {
        "SubnetIds.SubnetIdentifier.1": "copy-us-east-1a",
        "SubnetIds.SubnetIdentifier.2": "copy-us-east-1b",
      },
    });
    const copies = sent.filter(({ fields }) => fields.Action === "CreateSubnet");
    expect(copies.map(({ fields }) => fields.VpcId)).toEqual(["vpc-copy", "vpc-copy"]);
    expect(sent.filter(({ fields }) => fields.Action === "CreateVpc")).toHaveLength(1);
  });

  test("queries the EC2 that has the subnets, and signs for it", async () => {
    const { callThrough, sent } = open(emulators);
    await callThrough("CreateCacheSubnetGroup", two);
    const looks = sent.filter(({ fields }) => fields.Action === "DescribeSubnets");
    expect(looks.map(({ emulator }) => emulator)).toEqual(["moto", "moto"]);
    expect(looks[0]?.authorization).toBe(AUTHORIZATION.replace("elasticache", "ec2"));
  });

  test("is described with the subnets and the VPC of the request, and only with those that the emulator describes", async () => {
    const { callThrough } = open(emulators);
    const described = "<VpcId>vpc-1</VpcId><SubnetIdentifier>subnet-a</SubnetIdentifier>";
    expect(await callThrough("CreateCacheSubnetGroup", two)).toBe(described);
    expect(await callThrough("DescribeCacheSubnetGroups")).toBe(described);
  });

  test("of an unknown subnet is passed on, so that the emulator refuses it", async () => {
    const { callThrough, sent } = open(emulators);
    await callThrough("CreateCacheSubnetGroup", { "SubnetIds.SubnetIdentifier.1": "subnet-x" });
    expect(sent.at(-1)?.fields["SubnetIds.SubnetIdentifier.1"]).toBe("subnet-x");
    expect(
      sent.some(({ fields }) => fields.Action?.startsWith("Create") && fields.Action !== "CreateCacheSubnetGroup"),
    ).toBe(false);
  });
});

test("a replication group is described with the key of its creation, until it is created without one", async () => {
  const described = "<ReplicationGroupId>g</ReplicationGroupId><ReplicationGroupId>other</ReplicationGroupId>";
  const { callThrough } = open(() => described);
  await callThrough("CreateReplicationGroup", { ReplicationGroupId: "g", KmsKeyId: "arn:key" });
  expect(await callThrough("DescribeReplicationGroups")).toBe(
    "<ReplicationGroupId>g</ReplicationGroupId><KmsKeyId>arn:key</KmsKeyId><ReplicationGroupId>other</ReplicationGroupId>",
  );
  await callThrough("CreateReplicationGroup", { ReplicationGroupId: "g" });
  expect(await callThrough("DescribeReplicationGroups")).toBe(described);
});

test("a replication group that was refused leaves no key behind", async () => {
  const group = "<ReplicationGroupId>g</ReplicationGroupId>";
  const { callThrough } = open(({ fields }) =>
    fields.Action === "CreateReplicationGroup" ? "<Error></Error>" : group,
  );
  await callThrough("CreateReplicationGroup", { ReplicationGroupId: "g", KmsKeyId: "arn:key" });
  expect(await callThrough("DescribeReplicationGroups")).toBe(group);
});

test("a node is described with its group's upgrades, as the emulator describes the group", async () => {
  const { callThrough } = open(({ fields }) =>
    fields.Action === "DescribeCacheClusters"
      ? "<ReplicationGroupId>g</ReplicationGroupId><ReplicationGroupId></ReplicationGroupId>"
      : "<ReplicationGroup><ReplicationGroupId>g</ReplicationGroupId><AutoMinorVersionUpgrade>false</AutoMinorVersionUpgrade></ReplicationGroup>",
  );
  expect(await callThrough("DescribeCacheClusters", { CacheClusterId: "g-001" })).toBe(
    "<ReplicationGroupId>g</ReplicationGroupId><AutoMinorVersionUpgrade>false</AutoMinorVersionUpgrade><ReplicationGroupId></ReplicationGroupId>",
  );
});
