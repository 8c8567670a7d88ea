import { describe, expect, test } from "vitest";
import { emptyWorld, resource } from "../test/world.ts";
import { arnOf, commonAttributes, idOf } from "./names.ts";

describe("ids and ARNs", () => {
  test("are made of stack, type and name, so that they are the same in every run", () => {
    const balancer = resource("aws_lb_target_group", "Targets");
    expect(idOf(balancer)).toBe("dev-serving-Targets");
    expect(arnOf(balancer, emptyWorld())).toBe(
      "arn:aws:lb:eu-west-1:000000000000:aws_lb_target_group/dev-serving-Targets",
    );
  });

  test("differ between types of one name", () => {
    const world = emptyWorld();
    expect(arnOf(resource("aws_lb", "Main"), world)).not.toBe(arnOf(resource("aws_lb_listener", "Main"), world));
  });

  test("every resource has an id and an ARN for others to refer to", () => {
    const world = emptyWorld();
    expect(commonAttributes(resource("aws_kms_key", "Key"), world)).toMatchObject({
      id: "dev-serving-Key",
      key_id: "dev-serving-Key",
      arn: arnOf(resource("aws_kms_key", "Key"), world),
    });
  });
});
