import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import { describe, expect, test } from "vitest";
import { instanceMetadata } from "./instance-metadata.ts";
import { resource, synthUnder } from "./test/policy-fixture.ts";

const check = (type: string, attributes: Record<string, unknown>) =>
  instanceMetadata.check(resource(type, attributes), []);

describe("the rule on instance metadata", () => {
  test.each(["aws_launch_template", "aws_instance"])("%s must require sessions", (type) => {
    expect(check(type, { metadata_options: { http_tokens: "required" } })).toBeUndefined();
    expect(check(type, { metadata_options: { http_tokens: "optional" } })).toMatch(/IMDSv1.*"optional"/);
    expect(check(type, {})).toMatch(/metadata_options\.http_tokens to "required"/);
  });

  test("metadata that is switched off needs no session", () => {
    expect(check("aws_instance", { metadata_options: { http_endpoint: "disabled" } })).toBeUndefined();
  });

  test("fails a synth by the resource's address", () => {
    expect(() => synthUnder(instanceMetadata, (stack) => new LaunchTemplate(stack, "Template", {}))).toThrow(
      /aws_launch_template\.Template lets IMDSv1 read its credentials/,
    );
  });
});
