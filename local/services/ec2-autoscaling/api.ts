import { AwsApiError } from "../../aws-api/aws-api-error.ts";
import type { QueryOperations } from "../../aws-api/endpoint.ts";
import type { JsonObject } from "../../template/json.ts";
import type { DescribedInstance } from "./instance.ts";

export interface AutoScalingApi {
  /** Those that run now. */
  instances(): readonly DescribedInstance[];
  /** Ends the wait of an instance in a hook. @returns whether one waited */
  completeHook(groupName: string, instanceId: string, hookName: string): boolean;
}

/** What processes and functions call of the APIs of EC2 and of Auto Scaling. */
export function autoScalingOperations({ instances, completeHook }: AutoScalingApi): QueryOperations {
  return {
    DescribeInstances: (parameters) => describeInstances(parameters, instances()),
    CompleteLifecycleAction(parameters) {
      const [group = "", instance = "", hook = "", result] = [
        "AutoScalingGroupName",
        "InstanceId",
        "LifecycleHookName",
        "LifecycleActionResult",
      ].map((name) => parameters.get(name) ?? "");
      if (result !== "CONTINUE")
        throw new AwsApiError("ValidationError", `The twin completes hooks with CONTINUE only, got ${result}.`);
      if (!completeHook(group, instance, hook))
        throw new AwsApiError("ValidationError", `No active Lifecycle Action found with instance ID ${instance}`);
      return {
        CompleteLifecycleActionResponse: {
          CompleteLifecycleActionResult: {},
          ResponseMetadata: { RequestId: "local" },
        },
      };
    },
  };
}

/**
 * EC2's response to `DescribeInstances`, by ids or by filters on tags. Every instance of the twin lives on the loopback
 * address; ports distinguish them. An id that is not among the instances belonged to one a moment ago and is listed
 * too.
 * @throws when a filter is not one on a tag
 */
export function describeInstances(parameters: URLSearchParams, instances: readonly DescribedInstance[]): JsonObject {
  const ids = [...parameters].filter(([name]) => name.startsWith("InstanceId.")).map(([, id]) => id);
  const filters = filtersOf(parameters);
  const known = instances.filter(
    ({ id, tags }) =>
      (ids.length === 0 || ids.includes(id)) && filters.every(({ tag, values }) => values.includes(tags[tag] ?? "")),
  );
  const gone = ids.filter((id) => instances.every((instance) => instance.id !== id));
  return {
    DescribeInstancesResponse: {
      "@xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/",
      requestId: "local",
      reservationSet: {
        item: {
          reservationId: "r-local",
          instancesSet: {
            item: [
              ...known.map((instance) => ({ ...running(instance.id), ...details(instance) })),
              ...gone.map((id) => running(id)),
            ],
          },
        },
      },
    },
  };
}

/** `Filter.N.Name` with `Filter.N.Value.M`. */
function filtersOf(
  parameters: URLSearchParams,
): readonly { readonly tag: string; readonly values: readonly string[] }[] {
  return [...parameters].flatMap(([key, name]) => {
    const number = /^Filter\.(\d+)\.Name$/.exec(key)?.[1];
    if (number === undefined) return [];
    if (!name.startsWith("tag:"))
      throw new AwsApiError("InvalidParameterValue", `the twin filters instances by tag:… only, got ${name}`);
    const values = [...parameters].filter(([other]) => other.startsWith(`Filter.${number}.Value.`));
    return [{ tag: name.slice("tag:".length), values: values.map(([, value]) => value) }];
  });
}

function running(id: string): JsonObject {
  return { instanceId: id, privateIpAddress: "127.0.0.1", instanceState: { code: 16, name: "running" } };
}

function details({ instanceType, launchedAt, tags }: DescribedInstance): JsonObject {
  return {
    instanceType,
    launchTime: new Date(launchedAt).toISOString(),
    tagSet: { item: Object.entries(tags).map(([key, value]) => ({ key, value })) },
  };
}
