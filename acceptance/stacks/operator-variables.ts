import { asText, isObject, type Json, type JsonObject } from "../../local/template/json.ts";
import type { Stack } from "../../local/template/stacks.ts";
import { parseObject } from "../aws-calls/call.ts";
import { callAws } from "../aws-client/aws-call.ts";

/** Values that an operator must provide before a first apply, by variable, as the testbed creates them. */
const VALUES: Readonly<Record<string, (url: string) => Promise<Json>>> = {
  certificate_arn: async (url) => {
    const response = await callAws(url, "acm", {
      target: "CertificateManager.RequestCertificate",
      body: { DomainName: "api.sluice.internal", ValidationMethod: "DNS" },
    });
    return asText(parseObject(response).CertificateArn);
  },
};

/**
 * Values for the variables of a stack that have no default.
 * @throws for a variable that the testbed has no value for
 */
export async function operatorVariables(stack: Stack, url: string): Promise<JsonObject> {
  const variables = isObject(stack.document.variable) ? stack.document.variable : {};
  const values: Record<string, Json> = {};
  for (const [name, variable] of Object.entries(variables)) {
    if (!isObject(variable) || variable.default !== undefined) continue;
    const makeValue = VALUES[name];
    if (!makeValue)
      throw new Error(
        `${stack.name} needs ${name} from an operator, and the testbed has no value for it; add it to VALUES in acceptance/stacks/operator-variables.ts.`,
      );
    values[name] = await makeValue(url);
  }
  return values;
}
