import { AutoScalingClient, CompleteLifecycleActionCommand } from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand, DescribeVpcsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  DeregisterTargetsCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, onTestFinished, test } from "vitest";
import { LOCAL_CREDENTIALS } from "../runtime/aws-environment.ts";
import { autoScalingOperations } from "../services/ec2-autoscaling/api.ts";
import { elbOperations } from "../services/elb/api.ts";
import { TargetGroup } from "../services/elb/target-group.ts";
import { call, serve } from "../test/tools.ts";
import { awsEndpoint } from "./endpoint.ts";

const ARN = "arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/phi&mini";

/** The endpoint with one target group, and AWS's own clients for it. */
async function clients() {
  const group = new TargetGroup(ARN, { health_check: { interval: 3600 } });
  onTestFinished(() => group.stop());
  const handle = awsEndpoint({
    dynamodb: (_request, response) => void response.end("dynamodb"),
    s3: async (_request, response) => void response.end("s3"),
    json: {},
    query: {
      ...elbOperations((arn) => (arn === ARN ? group : undefined)),
      ...autoScalingOperations({
        instances: () => [],
        completeHook: (...waiting) => waiting.join() === "pool,i-1,drained",
      }),
    },
  });
  const port = await serve(handle);
  const settings = { endpoint: `http://127.0.0.1:${port}`, region: "eu-west-1", credentials: LOCAL_CREDENTIALS };
  const elb = new ElasticLoadBalancingV2Client(settings);
  const ec2 = new EC2Client(settings);
  const autoScaling = new AutoScalingClient(settings);
  onTestFinished(() => {
    elb.destroy();
    ec2.destroy();
    autoScaling.destroy();
  });
  return { group, elb, ec2, autoScaling, port };
}

describe("AWS's own clients", () => {
  test("read each target's id, port and health", async () => {
    const { group, elb } = await clients();
    group.register("i-0a", 4001);
    group.register("i-0b", 4002);
    group.targets[1]!.state = "healthy";
    const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: ARN }));
    expect(TargetHealthDescriptions).toMatchObject([
      { Target: { Id: "i-0a", Port: 4001 }, TargetHealth: { State: "initial" } },
      { Target: { Id: "i-0b", Port: 4002 }, TargetHealth: { State: "healthy" } },
    ]);
  });

  test("read an empty target group as empty", async () => {
    const { elb } = await clients();
    const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: ARN }));
    expect(TargetHealthDescriptions ?? []).toEqual([]);
  });

  test("get AWS's error for a target group that does not exist", async () => {
    const { elb } = await clients();
    const described = elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: "arn:<gone>" }));
    await expect(described).rejects.toMatchObject({
      name: "TargetGroupNotFoundException",
      message: "One or more target groups not found: arn:<gone>",
    });
  });

  test("read the loopback address of every instance in the request", async () => {
    const { ec2 } = await clients();
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: ["i-0a", "i-0b"] }));
    const instances = Reservations?.flatMap(({ Instances }) => Instances ?? []);
    expect(instances).toMatchObject([
      { InstanceId: "i-0a", PrivateIpAddress: "127.0.0.1", State: { Name: "running" } },
      { InstanceId: "i-0b", PrivateIpAddress: "127.0.0.1", State: { Name: "running" } },
    ]);
  });

  test("take a target out of routing; one that is not registered is no error", async () => {
    const { group, elb } = await clients();
    group.register("i-0a", 4001);
    const deregister = (Id: string) =>
      elb.send(new DeregisterTargetsCommand({ TargetGroupArn: ARN, Targets: [{ Id }] }));
    await deregister("i-0a");
    await deregister("i-gone");
    expect(group.targets).toMatchObject([{ id: "i-0a", state: "draining" }]);
    expect(group.choose()).toBeUndefined();
  });

  test("complete a terminate hook in which an instance waits, and get an error when none does", async () => {
    const { autoScaling } = await clients();
    const complete = (InstanceId: string, LifecycleActionResult = "CONTINUE") =>
      autoScaling.send(
        new CompleteLifecycleActionCommand({
          AutoScalingGroupName: "pool",
          LifecycleHookName: "drained",
          InstanceId,
          LifecycleActionResult,
        }),
      );
    await complete("i-1");
    await expect(complete("i-2")).rejects.toMatchObject({
      name: "ValidationError",
      message: "No active Lifecycle Action found with instance ID i-2",
    });
    await expect(complete("i-1", "ABANDON")).rejects.toThrow(/completes hooks with CONTINUE only, got ABANDON/);
  });

  test("are refused any other action by its name", async () => {
    const { elb, ec2 } = await clients();
    const refusal = (action: string) => ({ message: `The twin has no local response for the action ${action}.` });
    await expect(elb.send(new DescribeLoadBalancersCommand({}))).rejects.toMatchObject(
      refusal("DescribeLoadBalancers"),
    );
    await expect(ec2.send(new DescribeVpcsCommand({}))).rejects.toMatchObject(refusal("DescribeVpcs"));
  });
});

describe("other requests", () => {
  test("of DynamoDB's go to DynamoDB", async () => {
    const { port } = await clients();
    const headers = { "x-amz-target": "DynamoDB_20120810.ListTables" };
    expect((await call(port, "/", { method: "POST", headers, body: "{}" })).body).toBe("dynamodb");
  });

  test("without an action are refused", async () => {
    const { port } = await clients();
    expect(await call(port, "/")).toMatchObject({ status: 400, body: expect.stringContaining("the action (none)") });
  });
});
