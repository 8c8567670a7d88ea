import { expect, test } from "vitest";
import { asObject, type JsonObject } from "../../local/template/json.ts";
import { changeValue } from "./edit-document.ts";
import { prepareStack } from "./prepare-stack.ts";

const schema = {
  file: "schema.json",
  version: "5.100.0",
  resources: { aws_lambda_function: { block: { attributes: { runtime: {} } } }, aws_lb: { block: { attributes: {} } } },
  dataSources: {},
};
const remote = (config: JsonObject) => ({ terraform_remote_state: { Other: { backend: "s3", config } } });
const stack = {
  terraform: {
    backend: { s3: { bucket: "states", key: "dev/data.tfstate" } },
    required_providers: { aws: { source: "aws", version: "6.25.0" } },
  },
  provider: { aws: [{ region: "us-east-1", default_tags: [{ tags: { Project: "sluice" } }] }] },
  data: remote({ bucket: "states", key: "dev/network.tfstate" }),
  resource: { aws_lambda_function: { Authorizer: { runtime: "nodejs24.x" } } },
};
const prepare = (document: JsonObject, version = schema.version) =>
  prepareStack(document, { name: "dev-data", schema: { ...schema, version }, url: "http://127.0.0.1:4" });

test("state, remote states and provider use the AWS proxy and keep their own settings", () => {
  const { terraform, data, provider } = prepare(stack);
  const here = { endpoints: { s3: "http://127.0.0.1:4", dynamodb: "http://127.0.0.1:4" }, use_path_style: true };
  expect(terraform).toMatchObject({ backend: { s3: { bucket: "states", key: "dev/data.tfstate", ...here } } });
  expect(data).toMatchObject(remote({ bucket: "states", key: "dev/network.tfstate", ...here }));
  expect(provider).toMatchObject({ aws: [{ region: "us-east-1", default_tags: [{}], s3_use_path_style: true }] });
});

test("the provider is the testbed's", () => {
  expect(asObject(prepare(stack).terraform).required_providers).toEqual({
    aws: { source: "hashicorp/aws", version: "5.100.0" },
  });
});

test("a value that the older provider refuses is replaced for it only", () => {
  const runtime = (version: string) => prepare(stack, version).resource;
  expect(runtime("5.100.0")).toEqual({ aws_lambda_function: { Authorizer: { runtime: "nodejs22.x" } } });
  expect(runtime("6.25.0")).toEqual(stack.resource);
});

test("an attribute that is omitted without a known gap is refused by name, with the remedy", () => {
  const misspelled = { ...stack, resource: { ...stack.resource, aws_lb: { Main: { helth_check: 1 } } } };
  expect(() => prepare(misspelled)).toThrow(
    /^dev-data sets aws_lb.helth_check, which AWS provider 5.100.0 does not support; correct the name, or/,
  );
});

test("a change of a missing value is refused", () => {
  expect(changeValue(stack, ["provider", "aws", 0, "region"], () => "eu")).toMatchObject({
    provider: { aws: [{ region: "eu", default_tags: [{}] }] },
  });
  expect(() => changeValue(stack, ["provider", "aws", 1, "region"], () => "eu")).toThrow(
    "no position 1 in a list of 1",
  );
  expect(() => changeValue(stack, ["provider", "gcp"], () => "eu")).toThrow("nothing called gcp");
});
