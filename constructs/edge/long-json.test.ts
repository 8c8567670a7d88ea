import { DynamodbTable } from "@cdktf/provider-aws/lib/dynamodb-table/index.js";
import { TerraformOutput } from "cdktf";
import { expect, test } from "vitest";
import { synthConstruct } from "../../test-support/synth.ts";
import { longJson } from "./long-json.ts";

test("a large document is synthesized as JSON.stringify would be, with its tokens wherever they are", () => {
  const { output = {} } = synthConstruct((stack) => {
    const table = new DynamodbTable(stack, "Table", {
      name: "keys",
      hashKey: "id",
      attribute: [{ name: "id", type: "S" }],
    });
    const part = { arn: table.arn, between: `a ${table.name}, {b},{c} ${table.id}`, none: { deep: [{}, {}, "}"] } };
    const document = { first: part, list: [part, { of: [part] }, table.arn], $ref: "#/a", empty: {} };
    new TerraformOutput(stack, "whole", { value: JSON.stringify(document) });
    new TerraformOutput(stack, "pieces", { value: longJson(document) });
  });
  expect(output.pieces?.value).toBe(output.whole?.value);
  expect(output.whole?.value).toContain("{aws_dynamodb_table.Table.arn}");
});
