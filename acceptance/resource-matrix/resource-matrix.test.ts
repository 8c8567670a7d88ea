import { describe, expect, test } from "vitest";
import { environmentSynth } from "../../stacks/test/environment-synth.ts";
import { environmentVariants } from "../../stacks/test/environment-variants.ts";
import { type Column, columns } from "./columns.ts";
import { matrixProblems } from "./problems.ts";

const synth = environmentSynth();
const environments = Object.values(await environmentVariants());
const types = new Set(
  environments.flatMap((environment) =>
    Object.values(synth(environment)).flatMap(({ resource = {} }) => Object.keys(resource)),
  ),
);
const matrix = columns(environments);

describe("the resource matrix", () => {
  test("every resource type has twin, apply test, leftovers check, cost, deploy permission and encryption rule, or a reason", () => {
    expect(types.size).toBeGreaterThan(60);
    expect(matrixProblems(types, matrix)).toEqual([]);
  });

  test("names every empty cell of a new type with its remedy", () => {
    const problems = matrixProblems(new Set([...types, "aws_sqs_fifo"]), matrix);
    expect(problems).toHaveLength(6);
    expect(problems).toContainEqual(
      "aws_sqs_fifo has no cost: add its cost item to domain/cost/platform-items.ts, and `cost` of its row in " +
        "domain/aws-resources/services/, or state why none is needed in `cost` of its row in domain/aws-resources/services/.",
    );
  });

  test("every exemption has a reason in words", () => {
    for (const { exemptions } of matrix)
      for (const { reason, types: exempt } of exemptions)
        expect(reason.split(" ").length, exempt[0]).toBeGreaterThan(2);
  });

  test("refuses exemptions that exempt nothing", () => {
    const column: Column = {
      name: "cost",
      covered: new Set(["aws_lb"]),
      exemptions: [
        { reason: "none", types: ["aws_lb", "aws_gone", "aws_vpc"] },
        { reason: "none", types: ["aws_vpc"] },
      ],
      remedy: "a row",
      exemptIn: "exemptions.ts",
    };
    expect(matrixProblems(new Set(["aws_lb", "aws_vpc"]), [column])).toEqual([
      "aws_gone needs no exemption from the cost, no stack has it: remove it from exemptions.ts.",
      "aws_lb needs no exemption from the cost, it has one: remove it from exemptions.ts.",
      "aws_vpc needs no exemption from the cost, it has another: remove it from exemptions.ts.",
    ]);
  });
});
