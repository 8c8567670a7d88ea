import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../test/tools.ts";
import { rawResources, readStacks, stateKey } from "./stacks.ts";

const document = (value: unknown) => JSON.stringify(value);

describe("reading what synthesis wrote", () => {
  test("the stacks of the environment come in the order of their names, with their folder", () => {
    const output = temporaryFolder({
      "stacks/dev-serving/cdk.tf.json": document({ locals: { a: 1 } }),
      "stacks/dev-data/cdk.tf.json": "{}",
      "stacks/prod-data/cdk.tf.json": "{}",
    });
    const stacks = readStacks(output, "dev");
    expect(stacks.map(({ name }) => name)).toEqual(["dev-data", "dev-serving"]);
    expect(stacks[1]).toMatchObject({ folder: join(output, "stacks/dev-serving"), document: { locals: { a: 1 } } });
  });

  test("stacks of an environment whose name starts alike are not taken", () => {
    const output = temporaryFolder({
      "stacks/dev-data/cdk.tf.json": "{}",
      "stacks/dev-eu-data/cdk.tf.json": "{}",
    });
    expect(readStacks(output, "dev").map(({ name }) => name)).toEqual(["dev-data"]);
    expect(readStacks(output, "dev-eu").map(({ name }) => name)).toEqual(["dev-eu-data"]);
  });

  test("the stack of OpenTofu's own states is not read", () => {
    const output = temporaryFolder({ "stacks/dev-bootstrap/cdk.tf.json": "{}", "stacks/dev-data/cdk.tf.json": "{}" });
    expect(readStacks(output, "dev").map(({ name }) => name)).toEqual(["dev-data"]);
  });

  test("an environment without stacks is refused with its name, the folder and the remedy", () => {
    const output = temporaryFolder({ "stacks/prod-data/cdk.tf.json": "{}" });
    const message = `There is no stack named dev-… under ${join(output, "stacks")}; synthesize it first.`;
    expect(() => readStacks(output, "dev")).toThrow(message);
    expect(() => readStacks(join(output, "nothing"), "dev")).toThrow(/synthesize it first/);
  });
});

describe("resources of a stack", () => {
  const stack = (value: object) => {
    const output = temporaryFolder({ "stacks/dev-data/cdk.tf.json": document(value) });
    return readStacks(output, "dev")[0]!;
  };

  test("each has type, name, address and its configuration", () => {
    const raw = stack({ resource: { aws_vpc: { A: { cidr: "x" }, B: {} }, aws_lb: { C: {} } } });
    expect(rawResources(raw).map(({ address }) => address)).toEqual(["aws_vpc.A", "aws_vpc.B", "aws_lb.C"]);
    expect(rawResources(raw)[0]).toMatchObject({ type: "aws_vpc", name: "A", config: { cidr: "x" }, stack: raw });
  });

  test("data sources are apart from resources, and a stack may have neither", () => {
    const raw = stack({ data: { aws_ami: { Image: {} } } });
    expect(rawResources(raw)).toEqual([]);
    expect(rawResources(raw, "data").map(({ address }) => address)).toEqual(["aws_ami.Image"]);
  });

  test("the state key is the backend's, whichever backend that is", () => {
    expect(stateKey(stack({ terraform: { backend: { s3: { key: "dev/data" } } } }))).toBe("dev/data");
    expect(stateKey(stack({ terraform: { backend: { local: { path: "x" } } } }))).toBeUndefined();
    expect(stateKey(stack({}))).toBeUndefined();
  });
});
