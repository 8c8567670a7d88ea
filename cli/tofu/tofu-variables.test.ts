import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../local/test/tools.ts";
import { readVariables, variablesAsEnvironment, writeVariables } from "./tofu-variables.ts";

describe("the variables saved for an environment", () => {
  test("are none at first, and written ones are added to those in the file", () => {
    const file = join(temporaryFolder(), "dev/terraform.tfvars.json");
    expect(readVariables(file)).toEqual({});
    writeVariables(file, { certificate_arn: "arn:a", gateway_max_instances: 4 });
    writeVariables(file, { certificate_arn: "arn:b" });
    expect(readVariables(file)).toEqual({ certificate_arn: "arn:b", gateway_max_instances: 4 });
  });

  test("reach OpenTofu by its own names", () => {
    expect(variablesAsEnvironment({ a: "x", b: 2, c: true })).toEqual({
      TF_VAR_a: "x",
      TF_VAR_b: "2",
      TF_VAR_c: "true",
    });
  });

  test.each(["{", "[]", '{"a": {"b": 1}}'])("%s is refused with the file's name", (text) => {
    const folder = temporaryFolder({ "terraform.tfvars.json": text });
    expect(() => readVariables(join(folder, "terraform.tfvars.json"))).toThrow(
      /terraform\.tfvars\.json must be a JSON object of strings, numbers and booleans/,
    );
  });
});
