import { type EC2Client, type Instance, paginateDescribeInstances } from "@aws-sdk/client-ec2";
import type { RunInstance } from "../../domain/cost/hourly-cost.ts";

/** States of instances that are billed or were in the last hour. */
const RUNNING = ["pending", "running"];

/** The environment's instances by their tags, including those terminated within the last hour, which EC2 still lists. */
export async function runInstances(environment: string, ec2: EC2Client): Promise<readonly RunInstance[]> {
  const Filters = [
    { Name: "tag:Project", Values: ["sluice"] },
    { Name: "tag:Environment", Values: [environment] },
  ];
  const found: RunInstance[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2 }, { Filters }))
    for (const { Instances = [] } of page.Reservations ?? []) found.push(...Instances.flatMap(runInstance));
  return found;
}

function runInstance(instance: Instance): readonly RunInstance[] {
  const { InstanceId: id, InstanceType: instanceType, LaunchTime: launchTime, Tags = [] } = instance;
  if (id === undefined || instanceType === undefined || launchTime === undefined) return [];
  const launchedAt = launchTime.getTime();
  return [
    {
      id,
      instanceType,
      model: Tags.find(({ Key }) => Key === "Pool")?.Value,
      launchedAt,
      endedAt: RUNNING.includes(instance.State?.Name ?? "") ? undefined : (endOf(instance) ?? launchedAt),
    },
  ];
}

/** EC2 has the end as text only: `User initiated (2026-01-31 12:34:56 GMT)`. */
function endOf({ StateTransitionReason: reason = "" }: Instance): number | undefined {
  const [, day, time] = /\((\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) GMT\)/.exec(reason) ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${time}Z`);
}
