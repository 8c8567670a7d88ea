import { appliedName, arnOf } from "../../domain/aws-resources/arns.ts";
import { Evaluator } from "../../local/template/evaluator.ts";
import { asList, asObject, asText, isObject, type JsonObject } from "../../local/template/json.ts";
import type { RawResource, Stack } from "../../local/template/stacks.ts";

const ACCOUNT = "<account>";
const SUFFIX = "<suffix>";

/** Evaluates expressions of stacks that are not deployed: what only AWS decides is a word in angle brackets. */
export function appliedValues(stacks: readonly Stack[]): Evaluator {
  return new Evaluator({ stacks, attributes: attributesOf, variables: {} });
}

function attributesOf({ stack, type, name: address, config }: RawResource): JsonObject {
  if (type === "aws_caller_identity") return { account_id: ACCOUNT };
  const name = appliedName(config, SUFFIX);
  const isNamed = Object.keys(config).some((argument) => /^(name|bucket|function_name)(_prefix)?$/.test(argument));
  const id = isNamed ? "<id>" : `<id of ${address}>`;
  return {
    id: name,
    name,
    ...(type === "aws_s3_bucket" ? { bucket: name } : {}),
    get arn() {
      return arnOf(type, { name, region: regionOf(stack), account: ACCOUNT, id });
    },
  };
}

function regionOf({ document }: Stack): string {
  const [aws] = asList(asObject(document.provider).aws);
  return isObject(aws) ? asText(aws.region) : "";
}
