import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { headingAnchor } from "../constructs/observability/runbook.ts";
import { loadEnvironment } from "../environments/load.ts";
import { type Block, only, resources, type SynthesizedStack, typeCounts } from "../test-support/synth.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const prod = await loadEnvironment("prod");
const stack = synth(dev)["dev-monitoring"];
const prodStack = synth(prod)["prod-monitoring"];
const withControlApi = {
  ...dev,
  api: { ...dev.api, controlApi: true, auditStream: { to: "bucket" as const, days: 30 } },
  history: { retentionDays: 30 },
  usage: dev.usage && { ...dev.usage, athena: true },
  billing: { stripe: { secretId: "sluice/stripe", meters: { chargeNanoUsd: "sluice_charge_nano_usd" } } },
};
const auditedStack = synth(withControlApi)["dev-monitoring"];
const operations = readFileSync(new URL("../docs/operations.md", import.meta.url), "utf8");

/** Headings under "Alarms". */
const pages = (operations.split(/^## Alarms$/m)[1] ?? "")
  .split(/^## /m)[0]
  ?.match(/^### .+$/gm)
  ?.map((line) => line.slice("### ".length));
const alarms = [stack, prodStack, auditedStack].flatMap((one) => [
  ...Object.values(resources(one, "aws_cloudwatch_metric_alarm")),
  ...Object.values(resources(one, "aws_cloudwatch_composite_alarm")),
]);

describe("the monitoring stack", () => {
  test("holds these resources", () => {
    expect(typeCounts(stack)).toMatchObject({
      aws_cloudwatch_composite_alarm: 1,
      aws_cloudwatch_dashboard: 1,
      aws_cloudwatch_metric_alarm: 15,
      aws_sns_topic: 1,
      aws_sns_topic_policy: 1,
      aws_sns_topic_subscription: 1,
    });
  });

  test("prod has engine, saturation, queue and start alarms for each of its pools, and its webhook", () => {
    expect(typeCounts(prodStack).aws_cloudwatch_metric_alarm).toBe(20);
    expect(typeCounts(prodStack).aws_sns_topic_subscription).toBe(2);
  });

  test("the dashboard lists every alarm of the stack", () => {
    const { dashboard_body: body } = only(prodStack, "aws_cloudwatch_dashboard");
    for (const type of ["aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"])
      for (const name of Object.keys(resources(prodStack, type))) expect(body).toContain(`${type}.${name}.arn`);
  });

  test("the dashboard draws each limit where the alarm or the scaling policy has it", () => {
    const widgetsOf = (of: SynthesizedStack | undefined): readonly Block[] =>
      JSON.parse(only(of, "aws_cloudwatch_dashboard").dashboard_body).widgets;
    const drawn = (title: string, of = prodStack) =>
      widgetsOf(of).find(({ properties }) => properties.title === title)?.properties.annotations.horizontal[0].value;
    const threshold = (of: SynthesizedStack | undefined, name: RegExp) =>
      Object.values(resources(of, "aws_cloudwatch_metric_alarm")).find(({ alarm_name }) => name.test(alarm_name))
        ?.threshold;
    const limits: readonly (readonly [string, RegExp])[] = [
      ["Failed requests", /-error-rate$/],
      ["Latency", /-latency$/],
      ["Saturation of the engines", /-saturation-/],
      ["Oldest request that waits at a gateway", /-queue-age-/],
    ];
    for (const [title, alarm] of limits) {
      expect(drawn(title), title).toBeGreaterThan(0);
      expect(drawn(title), title).toBe(threshold(prodStack, alarm));
    }
    expect(drawn("Audit events not sealed", auditedStack)).toBe(threshold(auditedStack, /-audit-not-sealed$/));
    const scaleOut = threshold(synth(prod)["prod-serving"], /-scale-out$/);
    expect(drawn("GPU utilisation")).toBe(scaleOut);
  });
});

describe("docs/operations.md", () => {
  test("has a section for every alarm, and the alarm's description ends with its address", () => {
    const anchors = pages?.map((page) => `See docs/operations.md#${headingAnchor(page)}`);
    for (const { alarm_description: text } of alarms) expect(anchors).toContain(/See \S+$/.exec(text)?.[0]);
  });

  test("has no section without an alarm", () => {
    const linked = alarms.map(({ alarm_description: text }) => /#(\S+)$/.exec(text)?.[1]);
    for (const page of pages ?? []) expect(linked).toContain(headingAnchor(page));
    expect(pages?.length).toBeGreaterThan(0);
  });
});
