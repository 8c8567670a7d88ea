import { asText, isObject, type Json, type JsonObject } from "../../local/template/json.ts";
import type { Stack } from "../../local/template/stacks.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";

/** What an operator must say before a first apply, and how the testbed comes by it. */
const ANSWERS: Readonly<Record<string, (url: string) => Promise<Json>>> = {
  certificate_arn: async (url) => {
    const answer = await callAws(url, "acm", {
      target: "CertificateManager.RequestCertificate",
      body: { DomainName: "api.sluice.internal", ValidationMethod: "DNS" },
    });
    return asText(parseObject(answer).CertificateArn);
  },
};

/**
 * Values for the variables of a stack that have no default.
 * @throws for one that the testbed has no answer to
 */
export async function operatorVariables(stack: Stack, url: string): Promise<JsonObject> {
  const variables = isObject(stack.document.variable) ? stack.document.variable : {};
  const values: Record<string, Json> = {};
  for (const [name, variable] of Object.entries(variables)) {
    if (!isObject(variable) || variable.default !== undefined) continue;
    const answer = ANSWERS[name];
    if (!answer)
      throw new Error(
        `${stack.name} asks an operator for ${name}, which the testbed can't answer; add it to ANSWERS in acceptance/stacks/operator-variables.ts.`,
      );
    values[name] = await answer(url);
  }
  return values;
}
