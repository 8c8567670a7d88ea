import { asObject, asText } from "../../local/template/json.ts";
import { type AwsRequest, callAws } from "../aws-client/aws-call.ts";
import { element, elements } from "../emulator-patches/xml.ts";
import { type Applied, expectAll, expectEqual, type StackAssertion } from "./assertion.ts";

const query = (action: string, fields: Readonly<Record<string, string>> = {}): AwsRequest => ({
  action,
  version: "2010-08-01",
  fields,
});

export const MONITORING: readonly StackAssertion[] = [
  {
    claim: "every alarm notifies the alarm topic, and its description links to the remedy",
    types: ["aws_cloudwatch_metric_alarm", "aws_sns_topic"],
    check: async ({ url, attributes, outputs }) => {
      const topic = asText(outputs.alarm_topic_arn);
      const names = namesOf({ attributes }, "aws_cloudwatch_metric_alarm", "alarm_name");
      const fields = Object.fromEntries(names.map((name, index) => [`AlarmNames.member.${index + 1}`, name]));
      const response = await callAws(url, "monitoring", query("DescribeAlarms", fields));
      const found = response.split("<AlarmName>").slice(1);
      expectAll(
        "alarms",
        found,
        (alarm) =>
          elements(alarm, "AlarmActions").some((actions) => actions.includes(topic)) &&
          /docs\/operations\.md/.test(alarm),
      );
      expectAll("alarms that AWS knows", names, (name) => found.some((alarm) => alarm.startsWith(`${name}<`)));
    },
  },
  {
    claim: "a failed batch rings at once, and a request that waits over 5 s after three minutes",
    types: ["aws_cloudwatch_metric_alarm"],
    check: async ({ url, attributes, run }) => {
      const environment = run.name.slice(0, run.name.lastIndexOf("-"));
      const watched = namesOf({ attributes }, "aws_cloudwatch_metric_alarm", "alarm_name").filter((name) =>
        /-batch-dead-letters$|-queue-age-/.test(name),
      );
      const fields = Object.fromEntries(watched.map((name, index) => [`AlarmNames.member.${index + 1}`, name]));
      const response = await callAws(url, "monitoring", query("DescribeAlarms", fields));
      const found = response.split("<AlarmName>").slice(1);
      expectEqual("alarms", found.length, watched.length);
      const [letters, ...ages] = found.toSorted();
      const settings = (alarm = "") =>
        ["Namespace", "MetricName", "Statistic", "Threshold", "Period", "EvaluationPeriods", "TreatMissingData"].map(
          (name) => element(alarm, name),
        );
      const whose = new RegExp(`<Name>Environment</Name>\\s*<Value>${environment}</Value>`);
      expectEqual("dead letters", settings(letters), [
        "Sluice/Gateway",
        "BatchDeadLetters",
        "Sum",
        "0.0",
        "300",
        "1",
        "notBreaching",
      ]);
      expectAll(
        "alarms on waiting requests",
        ages,
        (alarm) =>
          settings(alarm).join() === "Sluice/Gateway,QueueAge,Maximum,5.0,60,3,notBreaching" && whose.test(alarm),
      );
      expectEqual("whose dead letters", whose.test(letters ?? ""), true);
    },
  },
  {
    claim: "the dashboard is there and has rows",
    types: ["aws_cloudwatch_dashboard"],
    check: async ({ url, attributes }) => {
      for (const name of namesOf({ attributes }, "aws_cloudwatch_dashboard", "dashboard_name")) {
        const response = await callAws(url, "monitoring", query("GetDashboard", { DashboardName: name }));
        expectAll("widgets", elements(response, "DashboardBody"), (body) => body.includes("widgets"));
      }
    },
  },
];

function namesOf({ attributes }: Pick<Applied, "attributes">, type: string, attribute: string): readonly string[] {
  return Object.entries(attributes)
    .filter(([address]) => address.startsWith(`${type}.`))
    .map(([, values]) => asText(asObject(values)[attribute]));
}
