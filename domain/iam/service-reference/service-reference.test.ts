import { describe, expect, test } from "vitest";
import { AWS_RESOURCE_TYPES, AWS_SERVICES } from "../../aws-resources/aws-resources.ts";
import { actionReference, actionsOf, arnForm, REFERENCE_AS_OF } from "./service-reference.ts";

describe("AWS's service authorization reference", () => {
  test("has an action's level of access and its resource types", () => {
    expect(actionReference("ec2:CreateVpcEndpoint")).toEqual({
      level: "Write",
      resources: [
        { type: "route-table", isRequired: false, readsTags: true },
        { type: "security-group", isRequired: false, readsTags: true },
        { type: "subnet", isRequired: false, readsTags: true },
        { type: "vpc", isRequired: true, readsTags: true },
        { type: "vpc-endpoint", isRequired: true, readsTags: false },
      ],
    });
    expect(actionReference("kms:CreateKey")).toEqual({ level: "Write", resources: [] });
    // The action's own row is silent about tags; the resource type's row has the key.
    expect(actionReference("iam:DeleteRole").resources).toEqual([{ type: "role", isRequired: true, readsTags: true }]);
  });

  test("has the form of an ARN", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's form of variables
    expect(arnForm("ec2:CreateVpc", "vpc")).toBe("arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}");
  });

  test("lists the actions of a pattern", () => {
    expect(actionsOf("ec2:CreateRoute*")).toEqual(
      expect.arrayContaining(["ec2:CreateRoute", "ec2:CreateRouteTable", "ec2:CreateRouteServer"]),
    );
    expect(actionsOf("ec2:CreateRoute*")).not.toContain("ec2:CreateSubnet");
  });

  test("refuses an action that it does not have", () => {
    expect(() => actionReference("ec2:CreateHouse")).toThrow(
      "ec2:CreateHouse is no action in AWS's reference of 2026-",
    );
  });

  test("has every deploy action of the resource types' rows, of the day that they name or a later one", () => {
    for (const { deploy } of Object.values(AWS_RESOURCE_TYPES))
      if (!("exempt" in deploy)) for (const action of deploy) expect(() => actionReference(action)).not.toThrow();
    for (const { sources } of AWS_SERVICES) expect(REFERENCE_AS_OF >= sources.actionsAsOf).toBe(true);
  });
});
