import { describe, expect, test } from "vitest";
import { emptyRuntime, resource } from "../../test/runtime.ts";
import { eventTarget } from "./plugin.ts";

describe("events", () => {
  test("have functions of the stacks as targets", () => {
    expect(() =>
      eventTarget.start?.({ rule: "drain", arn: "arn:gone" }, resource(eventTarget.type, "Thing"), emptyRuntime()),
    ).toThrow("aws_cloudwatch_event_target.Thing: there is no function arn:gone");
  });
});
