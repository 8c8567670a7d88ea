import { describe, expect, test } from "vitest";
import { hclBlock, template } from "./hcl.ts";

describe("HCL", () => {
  test("objects are blocks, lists of them repeated blocks, and maps stay attributes", () => {
    const text = hclBlock(["resource", "aws_autoscaling_group", "Fleet"], {
      "//": { metadata: {} },
      min_size: 1,
      enabled: true,
      launch_template: { id: `\${aws_launch_template.T.id}` },
      tag: [{ key: "a" }, { key: "b" }],
      subnets: ["x", `\${aws_subnet.s.id}`],
      tags: { "Cost-Center": "c" },
      nothing: null,
      depends_on: ["aws_lb.x"],
    });
    expect(text).toBe(
      [
        'resource "aws_autoscaling_group" "Fleet" {',
        "  min_size = 1",
        "  enabled = true",
        "  launch_template {",
        `    id = "\${aws_launch_template.T.id}"`,
        "  }",
        "  tag {",
        '    key = "a"',
        "  }",
        "  tag {",
        '    key = "b"',
        "  }",
        `  subnets = ["x", "\${aws_subnet.s.id}"]`,
        '  tags = { "Cost-Center" = "c" }',
        "}",
      ].join("\n"),
    );
  });

  test.each([
    ['two\n"lines" \\', '"two\\n\\"lines\\" \\\\"'],
    [`a \${can(regex("^[a-z]{2}$", var.x))} "b"`, `"a \${can(regex("^[a-z]{2}$", var.x))} \\"b\\""`],
    [`$\${not.an.expression}`, `"$\${not.an.expression}"`],
    [`\${jsonencode({ a = "}" })}`, `"\${jsonencode({ a = "}" })}"`],
  ])("text is escaped and expressions stay unchanged: %j", (text, hcl) => {
    expect(template(text)).toBe(hcl);
  });

  test("an expression without an end is an error that shows its beginning", () => {
    expect(() => template(`\${var.x`)).toThrow(/begins at \$\{var\.x has no end/);
  });
});
