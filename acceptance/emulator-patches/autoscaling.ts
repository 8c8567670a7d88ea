import { type Call, editText, form, type Reply, xmlReply } from "../aws-calls/call.ts";
import type { EmulatorPatch, Send } from "./emulator-patch.ts";
import { fieldsAsXml } from "./xml.ts";

const NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/";

/** Fields of a group that moto accepts and does not return. */
const FORGOTTEN = [
  "AvailabilityZoneDistribution",
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

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of patches, each with its reason
export function autoscalingPatches(): readonly EmulatorPatch[] {
  const groups = new Map<string, Readonly<Record<string, string>>>();
  const hooks = new Map<string, string>();
  const remember = (call: Call, send: Send): Promise<Reply> => {
    const fields = form(call);
    // An update holds only what changes; the other fields of earlier requests stay.
    const parts = FORGOTTEN.map((name) => [name, fieldsAsXml(fields, [name])] as const).filter(([, xml]) => xml !== "");
    const name = fields.get("AutoScalingGroupName") ?? "";
    groups.set(name, { ...groups.get(name), ...Object.fromEntries(parts) });
    return send(call);
  };
  const reason = "moto forgets a group's warm-up, maintenance policy, zone distribution and mixed instances";
  return [
    { service: "autoscaling", operation: "CreateAutoScalingGroup", reason, respond: remember },
    { service: "autoscaling", operation: "UpdateAutoScalingGroup", reason, respond: remember },
    {
      service: "autoscaling",
      operation: "DescribeAutoScalingGroups",
      reason: "restores the fields of a group that moto forgot",
      echo: "part",
      respond: async (call, send) =>
        editText(await send(call), (text) =>
          text
            .replace(/<MixedInstancesPolicy>.*?<\/MixedInstancesPolicy>/gs, "")
            .replace(
              /<AutoScalingGroupName>([^<]*)<\/AutoScalingGroupName>(?=\s*<AutoScalingGroupARN>)/g,
              (name, group) => `${name}${Object.values(groups.get(group) ?? {}).join("")}`,
            ),
        ),
    },
    {
      service: "autoscaling",
      operation: "DescribePolicies",
      reason: "moto omits that a policy is enabled and returns an empty predictive configuration",
      echo: "part",
      respond: async (call, send) =>
        editText(await send(call), (text) =>
          text
            .replace(/<PredictiveScalingConfiguration ?\/>/g, "")
            .replace(/<\/PolicyType>/g, "</PolicyType><Enabled>true</Enabled>"),
        ),
    },
    {
      service: "autoscaling",
      operation: "PutLifecycleHook",
      reason: "stored for the description of hooks",
      respond: (call, send) => {
        const fields = form(call);
        hooks.set(hookKey(fields, fields.get("LifecycleHookName")), fieldsAsXml(fields, NOTIFICATION));
        return send(call);
      },
    },
    {
      service: "autoscaling",
      operation: "DescribeLifecycleHooks",
      reason: "moto invents a notification target for a hook that has none",
      echo: "part",
      respond: async (call, send) =>
        editText(await send(call), (text) =>
          text
            .replace(new RegExp(`<(${NOTIFICATION.join("|")})>[^<]*</\\1>|<(${NOTIFICATION.join("|")}) ?/>`, "g"), "")
            .replace(
              /<LifecycleHookName>([^<]*)<\/LifecycleHookName>/g,
              (name, hook) => `${name}${hooks.get(hookKey(form(call), hook)) ?? ""}`,
            ),
        ),
    },
    {
      service: "autoscaling",
      operation: "StartInstanceRefresh",
      reason: "moto has no instance refreshes",
      echo: "whole",
      respond: async () =>
        xmlReply(
          "StartInstanceRefresh",
          "<StartInstanceRefreshResult><InstanceRefreshId>refresh</InstanceRefreshId></StartInstanceRefreshResult>",
          NAMESPACE,
        ),
    },
    {
      service: "autoscaling",
      operation: "DescribeInstanceRefreshes",
      reason: "moto has no instance refreshes",
      echo: "whole",
      respond: async () =>
        xmlReply(
          "DescribeInstanceRefreshes",
          "<DescribeInstanceRefreshesResult><InstanceRefreshes/></DescribeInstanceRefreshesResult>",
          NAMESPACE,
        ),
    },
  ];
}
