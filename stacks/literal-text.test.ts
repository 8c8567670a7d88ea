import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../environments/load.ts";
import { resources } from "../test-support/synth.ts";
import { literalText } from "./literal-text.ts";
import { environmentSynth } from "./test/environment-synth.ts";

const synth = environmentSynth();
const dev = await loadEnvironment("dev");
const dollar = "$" + "{var.x}";

describe("text of an environment file", () => {
  test.each([
    [dollar, `$${dollar}`],
    ["a %{if true}b", "a %%{if true}b"],
    [`${dollar} ${dollar}`, `$${dollar} $${dollar}`],
    ["100 % of {x}, $5", "100 % of {x}, $5"],
    ["", ""],
  ])("%j is escaped so that OpenTofu reads the text itself", (text, written) => {
    expect(literalText(text)).toBe(written);
  });

  test("in tags, title and sample prompts is escaped in the synthesized JSON", () => {
    const stacks = synth({
      ...dev,
      tags: { CostCenter: `a ${dollar}` },
      site: { ...dev.site, title: `b ${dollar}`, samplePrompts: ["c %{if true}"] },
    });
    const objects = Object.values(resources(stacks["dev-site"], "aws_s3_object"));
    const config = JSON.parse(objects.find(({ key }) => key === "config.json")?.content);
    expect(config.title).toBe(`b $${dollar}`);
    expect(config.samplePrompts).toEqual(["c %%{if true}"]);
    for (const stack of Object.values(stacks))
      expect(stack.provider?.aws?.[0]?.default_tags[0].tags.CostCenter).toBe(`a $${dollar}`);
    const templates = Object.values(resources(stacks["dev-serving"], "aws_launch_template"));
    const tags = templates.flatMap(({ tag_specifications: all }) => all).map(({ tags: one }) => one.CostCenter);
    expect(new Set(tags)).toEqual(new Set([`a $${dollar}`]));
  });
});
