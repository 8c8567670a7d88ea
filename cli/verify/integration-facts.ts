import * as z from "zod";
import type { AwsAccess } from "../operator/aws-access.ts";
import { signedGet } from "../operator/signed-request.ts";

/** The settings of an integration that an import of the API's document could lose. */
export interface IntegrationSettings {
  /** ARN of the load balancer behind a VPC link. */
  readonly target: string | undefined;
  readonly transferMode: string | undefined;
  readonly timeoutMillis: number | undefined;
  /** Whether the load balancer's certificate may be of an unknown authority. */
  readonly skipsVerification: boolean;
}

export interface DeployedIntegration extends IntegrationSettings {
  /** e.g. `/v1/models` */
  readonly path: string;
  /** e.g. `GET` or `ANY` */
  readonly method: string;
  readonly resourceId: string;
}

export interface DeployedApi {
  readonly id: string;
  readonly integrations: readonly DeployedIntegration[];
}

export interface IntegrationFacts {
  /** The REST API of a name as API Gateway has it; `undefined` when there is none. */
  api(name: string, signal: AbortSignal): Promise<DeployedApi | undefined>;
}

const RestApis = z.object({ item: z.array(z.object({ id: z.string(), name: z.string() })).default([]) });
const Integration = z.object({
  integrationTarget: z.string().optional(),
  responseTransferMode: z.string().optional(),
  timeoutInMillis: z.number().optional(),
  tlsConfig: z.object({ insecureSkipVerification: z.boolean().optional() }).optional(),
});
const Resources = z.object({
  item: z.array(
    z.object({
      id: z.string(),
      path: z.string(),
      resourceMethods: z.record(z.string(), z.object({ methodIntegration: Integration.optional() })).default({}),
    }),
  ),
});
/** The most of a page that API Gateway allows; an API of Sluice has some 30 resources. */
const PAGE = "limit=500";

/** API Gateway in a region. */
export function integrationFacts(access: AwsAccess): IntegrationFacts {
  const get = (path: string, signal: AbortSignal) => signedGet("apigateway", path, access, signal);
  return {
    async api(name, signal) {
      const id = RestApis.parse(await get(`/restapis?${PAGE}`, signal)).item.find((each) => each.name === name)?.id;
      if (id === undefined) return undefined;
      const { item } = Resources.parse(await get(`/restapis/${id}/resources?embed=methods&${PAGE}`, signal));
      const integrations = item.flatMap(({ id: resourceId, path, resourceMethods }) =>
        Object.entries(resourceMethods).flatMap(([method, { methodIntegration: found }]) =>
          found === undefined
            ? []
            : [
                {
                  path,
                  method,
                  resourceId,
                  target: found.integrationTarget,
                  transferMode: found.responseTransferMode,
                  timeoutMillis: found.timeoutInMillis,
                  skipsVerification: found.tlsConfig?.insecureSkipVerification === true,
                },
              ],
        ),
      );
      return { id, integrations };
    },
  };
}
