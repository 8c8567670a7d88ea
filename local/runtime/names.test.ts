import { describe, expect, test } from "vitest";
import { emptyRuntime, resource } from "../test/runtime.ts";
import { arnOf, commonAttributes, idOf } from "./names.ts";

describe("ids and ARNs", () => {
  test("are made of stack, type and name, so that they are the same in every run", () => {
    const balancer = resource("aws_lb_target_group", "Targets");
    expect(idOf(balancer)).toBe("dev-serving-Targets");
    expect(arnOf(balancer, emptyRuntime())).toBe(
      "arn:aws:lb:eu-west-1:000000000000:aws_lb_target_group/dev-serving-Targets",
    );
  });

  test("differ between types of one name", () => {
    const runtime = emptyRuntime();
    expect(arnOf(resource("aws_lb", "Main"), runtime)).not.toBe(arnOf(resource("aws_lb_listener", "Main"), runtime));
  });

  test("every resource has an id and an ARN for references", () => {
    const runtime = emptyRuntime();
    expect(commonAttributes(resource("aws_kms_key", "Key"), runtime)).toMatchObject({
      id: "dev-serving-Key",
      key_id: "dev-serving-Key",
      arn: arnOf(resource("aws_kms_key", "Key"), runtime),
    });
  });
});
