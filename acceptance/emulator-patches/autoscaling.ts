import { form, xmlReply } from "../aws-calls/call.ts";
import { type EmulatorPatch, editsResponse, storesFields } from "./emulator-patch.ts";
import { fieldsAsXml } from "./xml.ts";

const NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/";

/** Fields of a group that moto accepts and does not return. */
const FORGOTTEN = [
  "AvailabilityZoneDistribution",
  "CapacityReservationSpecification",
  "DefaultInstanceWarmup",
  "InstanceMaintenancePolicy",
  "MaxInstanceLifetime",
  "MixedInstancesPolicy",
];

/** Fields of a hook's notification. */
const NOTIFICATION = ["NotificationTargetARN", "RoleARN", "NotificationMetadata"];

function hookKey(fields: URLSearchParams, hook: string | null): string {
  return `${fields.get("AutoScalingGroupName")} ${hook}`;
}

export function autoscalingPatches(): readonly EmulatorPatch[] {
  const groups = new Map<string, Readonly<Record<string, string>>>();
  const hooks = new Map<string, string>();
  const storeGroup = (fields: URLSearchParams): void => {
    // An update holds only what changes; the other fields of earlier requests stay.
    const parts = FORGOTTEN.map((name) => [name, fieldsAsXml(fields, [name])] as const).filter(([, xml]) => xml !== "");
    const name = fields.get("AutoScalingGroupName") ?? "";
    groups.set(name, { ...groups.get(name), ...Object.fromEntries(parts) });
  };
  const reason =
    "moto forgets a group's warm-up, maintenance policy, zone distribution, capacity reservation and mixed instances";
  return [
    storesFields({ service: "autoscaling", operation: /^(Create|Update)AutoScalingGroup$/, reason }, storeGroup),
    editsResponse(
      {
        service: "autoscaling",
        operation: "DescribeAutoScalingGroups",
        reason: "restores the fields of a group that moto forgot",
        echo: "part",
      },
      (text) =>
        text
          .replace(/<MixedInstancesPolicy>.*?<\/MixedInstancesPolicy>/gs, "")
          .replace(
            /<AutoScalingGroupName>([^<]*)<\/AutoScalingGroupName>(?=\s*<AutoScalingGroupARN>)/g,
            (name, group) => `${name}${Object.values(groups.get(group) ?? {}).join("")}`,
          ),
    ),
    editsResponse(
      {
        service: "autoscaling",
        operation: "DescribePolicies",
        reason: "moto omits that a policy is enabled and returns an empty predictive configuration",
        echo: "part",
      },
      (text) =>
        text
          .replace(/<PredictiveScalingConfiguration ?\/>/g, "")
          .replace(/<\/PolicyType>/g, "</PolicyType><Enabled>true</Enabled>"),
    ),
    storesFields(
      { service: "autoscaling", operation: "PutLifecycleHook", reason: "stored for the description of hooks" },
      (fields) => hooks.set(hookKey(fields, fields.get("LifecycleHookName")), fieldsAsXml(fields, NOTIFICATION)),
    ),
    editsResponse(
      {
        service: "autoscaling",
        operation: "DescribeLifecycleHooks",
        reason: "moto invents a notification target for a hook that has none",
        echo: "part",
      },
      (text, call) =>
        text
          .replace(new RegExp(`<(${NOTIFICATION.join("|")})>[^<]*</\\1>|<(${NOTIFICATION.join("|")}) ?/>`, "g"), "")
          .replace(
            /<LifecycleHookName>([^<]*)<\/LifecycleHookName>/g,
            (name, hook) => `${name}${hooks.get(hookKey(form(call), hook)) ?? ""}`,
          ),
    ),
    withoutRefreshes("StartInstanceRefresh", "<InstanceRefreshId>refresh</InstanceRefreshId>"),
    withoutRefreshes("DescribeInstanceRefreshes", "<InstanceRefreshes/>"),
  ];
}

function withoutRefreshes(operation: string, result: string): EmulatorPatch {
  return {
    service: "autoscaling",
    operation,
    reason: "moto has no instance refreshes",
    echo: "whole",
    respond: async () => xmlReply(operation, `<${operation}Result>${result}</${operation}Result>`, NAMESPACE),
  };
}
