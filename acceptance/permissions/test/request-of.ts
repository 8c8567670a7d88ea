import type { IamRequest } from "../../../domain/iam/evaluate.ts";
import type { Environment } from "../../../settings/environment.ts";
import { particularLine, recordedEnvironment } from "../recorded-requests.ts";

/** The request of an environment that a line of the record stands for. */
export function requestOf(general: string, environment: Environment): IamRequest {
  const [action = "", resource = "", ...context] = particularLine(general, recordedEnvironment(environment)).split(" ");
  const tag = environment.name;
  const entries = context.map((each): readonly [string, string] => {
    if (each === "request-tag") return ["aws:RequestTag/Environment", tag];
    if (each === "resource-tag") return ["aws:ResourceTag/Environment", tag];
    const [key = "", value = ""] = each.split("=");
    return [key, value];
  });
  const region = /^(budgets|cloudfront|iam|route53):/.test(action) ? "us-east-1" : environment.region;
  return { action, resource, context: { "aws:RequestedRegion": region, ...Object.fromEntries(entries) } };
}
