import { DescribeInstancesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";

export interface EngineTarget {
  readonly instanceId: string;
  readonly targetGroupArn: string;
  /** The engine's port, for an engine that is no longer in the target group. */
  readonly port: number;
}

/** URL of the engine, or `undefined` when EC2 has no such instance any more. */
export async function engineOrigin(
  { instanceId, targetGroupArn, port }: EngineTarget,
  elb: ElasticLoadBalancingV2Client,
  ec2: EC2Client,
): Promise<string | undefined> {
  const health = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
  const own = (health.TargetHealthDescriptions ?? []).find(({ Target }) => Target?.Id === instanceId);
  const address = await privateAddress(instanceId, ec2);
  return address === undefined ? undefined : `http://${address}:${own?.Target?.Port ?? port}`;
}

async function privateAddress(instanceId: string, ec2: EC2Client): Promise<string | undefined> {
  try {
    const response = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [instanceId] }));
    return response.Reservations?.[0]?.Instances?.[0]?.PrivateIpAddress;
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidInstanceID.NotFound") return undefined;
    throw error;
  }
}

/** Removes the engine from routing: gateways send no new request to a draining target. AWS accepts a second call. */
export async function deregister(target: EngineTarget, elb: ElasticLoadBalancingV2Client): Promise<void> {
  const { targetGroupArn, instanceId } = target;
  await elb.send(new DeregisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: [{ Id: instanceId }] }));
}
