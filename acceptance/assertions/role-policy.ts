import { asList, asObject, asText, type JsonObject } from "../../local/template/json.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";
import { element } from "../emulator-patches/xml.ts";

/** Statements of a role's inline policy, from IAM. */
export async function roleStatements(url: string, RoleName: string): Promise<readonly JsonObject[]> {
  const response = await callAws(url, "iam", {
    action: "GetRolePolicy",
    version: "2010-05-08",
    fields: { RoleName, PolicyName: "permissions" },
  });
  const { Statement } = parseObject(decodeURIComponent(element(response, "PolicyDocument") ?? ""));
  return asList(Statement ?? []).map((statement) => asObject(statement));
}

/** The resources of a service that statements allow, by the prefix of its actions. */
export function resourcesOf(statements: readonly JsonObject[], service: string): readonly string[] {
  return statements
    .filter(
      ({ Effect, Action }) =>
        Effect === "Allow" && [Action].flat().some((action) => asText(action).startsWith(`${service}:`)),
    )
    .flatMap(({ Resource }) => [Resource].flat().map((resource) => asText(resource)));
}
