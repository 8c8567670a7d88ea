import * as z from "zod";
import { apiGatewayDocument } from "../../contracts/openapi/api-gateway.ts";
import { hasBrowserSessions, tokenExchangePaths } from "../../contracts/processes/token-exchange.ts";
import type { Environment } from "../../settings/environment.ts";
import { fail, ok } from "../doctor/finding.ts";
import type { VerifyCheck } from "./deployment.ts";
import type { DeployedApi, DeployedIntegration, IntegrationFacts, IntegrationSettings } from "./integration-facts.ts";

interface ExpectedIntegration extends IntegrationSettings {
  readonly path: string;
  readonly method: string;
}

/** Stands for what only the deployment knows. */
const ANY_TARGET = "any";
const Paths = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      "x-amazon-apigateway-integration": z
        .object({
          integrationTarget: z.string().optional(),
          responseTransferMode: z.string().optional(),
          timeoutInMillis: z.number().optional(),
          tlsConfig: z.object({ insecureSkipVerification: z.boolean() }).optional(),
        })
        .optional(),
    }),
  ),
);

/**
 * Whether API Gateway has what its document says: an import may drop a setting that it does not know, without an error
 * (decision 074). Streams would come whole, or requests not reach the load balancer.
 */
export function integrationChecks(environment: Environment, facts: IntegrationFacts): readonly VerifyCheck[] {
  if (environment.api.entry !== "api-gateway") return [];
  const name = `sluice-${environment.name}`;
  return [
    {
      name: "integrations",
      run: async (signal) => {
        const api = await facts.api(name, signal);
        if (api === undefined) return fail(`there is no REST API ${name}`, "deploy the edge stack");
        const lost = expectedIntegrations(environment).flatMap((expected) => lostSettings(expected, api));
        const [first] = lost;
        if (first === undefined) return ok(`${api.integrations.length}, as in the API's document`);
        const more = lost.length === 1 ? "" : `, and ${lost.length - 1} more`;
        return fail(
          `${first.text}${more}: the import dropped it`,
          `set it by hand, with a deployment after the last: ${first.command}; and report it (docs/decisions/074)`,
        );
      },
    },
  ];
}

/** The integrations behind the VPC link, as the stacks describe them; their target is any. */
export function expectedIntegrations(environment: Environment): readonly ExpectedIntegration[] {
  const { api, identity } = environment;
  const document = apiGatewayDocument({
    ...{ title: "", host: "", vpcLinkId: "", loadBalancerArn: ANY_TARGET, authorizerUri: "" },
    ...{ auth: api.auth, controlApi: api.controlApi, corsOrigins: api.corsOrigins },
    tokenExchangePaths: tokenExchangePaths(identity, hasBrowserSessions(environment)),
    isPublicCertificate: api.domain !== null,
  });
  return Object.entries(Paths.parse(document.paths)).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { "x-amazon-apigateway-integration": integration }]) =>
      integration?.integrationTarget === undefined
        ? []
        : [
            {
              path,
              method: method === "x-amazon-apigateway-any-method" ? "ANY" : method.toUpperCase(),
              target: integration.integrationTarget,
              transferMode: integration.responseTransferMode,
              timeoutMillis: integration.timeoutInMillis,
              skipsVerification: integration.tlsConfig?.insecureSkipVerification === true,
            },
          ],
    ),
  );
}

interface LostSetting {
  readonly text: string;
  /** The command that sets it at API Gateway. */
  readonly command: string;
}

function lostSettings(expected: ExpectedIntegration, { id, integrations }: DeployedApi): readonly LostSetting[] {
  const { path, method } = expected;
  const found = integrations.find((each) => each.path === path && each.method === method);
  if (found === undefined) return [{ text: `${method} ${path} is missing`, command: "sluice deploy --stack edge" }];
  return SETTINGS.flatMap(({ name, value }) => {
    const [wanted, actual] = [value(expected), value(found)];
    if (wanted === undefined || wanted === actual || (wanted === ANY_TARGET && actual !== undefined)) return [];
    return [
      {
        text: `${method} ${path} has ${name} ${actual ?? "not at all"}, not ${wanted === ANY_TARGET ? "the load balancer" : wanted}`,
        command:
          `aws apigateway update-integration --rest-api-id ${id} --resource-id ${found.resourceId} --http-method ${method} ` +
          `--patch-operations op=replace,path=/${name},value=${wanted === ANY_TARGET ? "<ARN of the load balancer>" : wanted}`,
      },
    ];
  });
}

const SETTINGS: readonly {
  /** Its path in API Gateway's patches. */
  readonly name: string;
  /** As text; `undefined` where the setting is not there. */
  readonly value: (of: IntegrationSettings | DeployedIntegration) => string | undefined;
}[] = [
  { name: "integrationTarget", value: ({ target }) => target },
  { name: "responseTransferMode", value: ({ transferMode }) => transferMode },
  { name: "timeoutInMillis", value: ({ timeoutMillis }) => timeoutMillis?.toString() },
  { name: "tlsConfig/insecureSkipVerification", value: (of) => (of.skipsVerification ? "true" : undefined) },
];
