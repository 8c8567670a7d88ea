import { form, type Reply, xmlReply } from "../aws-calls/call.ts";
import { ACCOUNT } from "../tools/emulators.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";
import { fieldsAsXml } from "./xml.ts";

const NAMESPACE = "http://monitoring.amazonaws.com/doc/2010-08-01/";
const COMPOSITE = [
  "ActionsEnabled",
  "ActionsSuppressor",
  "ActionsSuppressorExtensionPeriod",
  "ActionsSuppressorWaitPeriod",
  "AlarmActions",
  "AlarmDescription",
  "AlarmName",
  "AlarmRule",
  "InsufficientDataActions",
  "OKActions",
];

export function cloudwatchPatches(): readonly EmulatorPatch[] {
  const composites = new Map<string, URLSearchParams>();
  const reply = (operation: string, content: string): Reply =>
    xmlReply(operation, `<${operation}Result>${content}</${operation}Result>`, NAMESPACE);
  const describe = (name: string, region: string): string => {
    const stored = composites.get(name);
    if (!stored) return "";
    const arn = `arn:aws:cloudwatch:${region}:${ACCOUNT}:alarm:${name}`;
    return `<member><AlarmArn>${arn}</AlarmArn><StateValue>OK</StateValue>${fieldsAsXml(stored, COMPOSITE)}</member>`;
  };
  return [
    {
      service: "monitoring",
      operation: "PutCompositeAlarm",
      reason: "neither emulator has composite alarms",
      echo: "whole",
      respond: async (call) => {
        const fields = form(call);
        composites.set(fields.get("AlarmName") ?? "", fields);
        return xmlReply("PutCompositeAlarm", "", NAMESPACE);
      },
    },
    {
      service: "monitoring",
      operation: "DescribeAlarms",
      reason: "describes the composite alarms that the AWS proxy stores; moto all others",
      echo: "part",
      respond: async (call, send) => {
        const fields = form(call);
        if (fields.get("AlarmTypes.member.1") !== "CompositeAlarm") return send(call);
        const name = fields.get("AlarmNames.member.1");
        const names = name === null ? [...composites.keys()] : [name];
        return reply(
          "DescribeAlarms",
          `<CompositeAlarms>${names.map((each) => describe(each, call.region)).join("")}</CompositeAlarms>`,
        );
      },
    },
    {
      service: "monitoring",
      operation: "DeleteAlarms",
      reason: "deletes the composite alarms that the AWS proxy stores; moto all others",
      respond: async (call, send) =>
        composites.delete(form(call).get("AlarmNames.member.1") ?? "")
          ? xmlReply("DeleteAlarms", "", NAMESPACE)
          : send(call),
    },
    {
      service: "monitoring",
      operation: "ListTagsForResource",
      reason: "returns the tags of the composite alarms that the AWS proxy stores; moto those of all others",
      echo: "part",
      respond: async (call, send) => {
        const stored = composites.get(form(call).get("ResourceARN")?.split(":alarm:")[1] ?? "");
        return stored ? reply("ListTagsForResource", fieldsAsXml(stored, ["Tags"])) : send(call);
      },
    },
  ];
}
