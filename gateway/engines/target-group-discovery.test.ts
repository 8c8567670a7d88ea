import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, onTestFinished, test } from "vitest";
import { startFakeAws } from "../../test-support/fake-aws.ts";
import { TargetGroupDiscovery } from "./target-group-discovery.ts";

const target = (instanceId: string, address: string, state = "healthy") => ({ instanceId, address, state, port: 8000 });

async function setUp() {
  const aws = await startFakeAws();
  const credentials = { accessKeyId: "local", secretAccessKey: "local" };
  const options = { endpoint: aws.url, region: "us-east-1", credentials, maxAttempts: 1 };
  const elb = new ElasticLoadBalancingV2Client(options);
  const ec2 = new EC2Client(options);
  onTestFinished(async () => {
    elb.destroy();
    ec2.destroy();
    await aws.stop();
  });
  return { aws, discovery: new TargetGroupDiscovery({ elb, ec2, timeoutMs: 2000 }) };
}

test("finds the address of each target, and whether it is in service", async () => {
  const { aws, discovery } = await setUp();
  aws.targets.set("arn:a", [
    target("i-1", "10.0.0.1"),
    target("i-2", "10.0.0.2", "initial"),
    target("i-3", "10.0.0.3", "unhealthy"),
    target("i-4", "10.0.0.4", "draining"),
    target("i-5", "10.0.0.5", "unused"),
  ]);
  expect(await discovery.discover("arn:a")).toEqual([
    { id: "i-1:8000", origin: "http://10.0.0.1:8000", inService: true },
    { id: "i-2:8000", origin: "http://10.0.0.2:8000", inService: true },
    { id: "i-3:8000", origin: "http://10.0.0.3:8000", inService: true },
    { id: "i-4:8000", origin: "http://10.0.0.4:8000", inService: false },
    { id: "i-5:8000", origin: "http://10.0.0.5:8000", inService: false },
  ]);
});

test("reads an instance's address once", async () => {
  const { aws, discovery } = await setUp();
  aws.targets.set("arn:a", [target("i-1", "10.0.0.1")]);
  await discovery.discover("arn:a");
  await discovery.discover("arn:a");
  expect(aws.calls).toEqual(["DescribeTargetHealth", "DescribeInstances", "DescribeTargetHealth"]);
});

test("an empty target group has no engines, and costs one call", async () => {
  const { aws, discovery } = await setUp();
  expect(await discovery.discover("arn:a")).toEqual([]);
  expect(aws.calls).toEqual(["DescribeTargetHealth"]);
});

test("a target that EC2 does not know does not hide the remaining targets", async () => {
  const { aws, discovery } = await setUp();
  const known = [target("i-1", "10.0.0.1"), target("i-2", "10.0.0.2")];
  aws.targets.set("arn:a", [...known, { ...target("i-gone", ""), unknownToEc2: true }]);
  expect((await discovery.discover("arn:a")).map(({ id }) => id)).toEqual(["i-1:8000", "i-2:8000"]);
});

test("rejects when AWS can't be reached", async () => {
  const { aws, discovery } = await setUp();
  aws.isBroken = true;
  await expect(discovery.discover("arn:a")).rejects.toThrow();
});
