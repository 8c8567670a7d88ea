import { providerSecretId } from "../../contracts/processes/names.ts";
import { dialectRules } from "../../contracts/targets/provider-dialects.ts";
import type { ProviderConfig } from "../../contracts/targets/target-settings.ts";
import { secretArn } from "../identity/secret-arn.ts";
import type { PolicyStatement } from "../identity/service-role.ts";

export interface ProviderAccessProps {
  readonly environment: string;
  readonly providers: readonly ProviderConfig[];
  /** Region and account of the gateways, of secrets that are named without an ARN. */
  readonly region: string;
  readonly accountId: string;
}

/**
 * Permissions for the declared providers: to read their secrets and those of providers added at run time, and to call the Bedrock
 * models that they name. Nothing where no provider has a secret and none is Bedrock.
 */
export function providerAccess(props: ProviderAccessProps): readonly PolicyStatement[] {
  const { environment, providers, region, accountId } = props;
  const secrets = providers.flatMap(({ credential }) =>
    credential.from === "secret" ? [secretArn(credential.secretId, region, accountId)] : [],
  );
  const byRole = providers.filter(({ dialect }) => dialectRules(dialect).modelActions.length > 0);
  const actions = new Set(byRole.flatMap(({ dialect }) => dialectRules(dialect).modelActions));
  const models = byRole.flatMap((provider) =>
    Object.keys(provider.models).flatMap((model) => modelArns(model, provider.region ?? region, accountId)),
  );
  return [
    ...(secrets.length === 0
      ? []
      : [
          {
            Sid: "ReadProviderKeys",
            purpose: "A gateway reads the API keys of the providers that it calls.",
            Effect: "Allow",
            Action: ["secretsmanager:GetSecretValue"],
            Resource: [...new Set([...secrets, secretArn(providerSecretId(environment, "*"), region, accountId)])],
            reason:
              "Secrets Manager ends an ARN with six characters of its own, and providers added at run time have any name.",
          } as const,
        ]),
    ...(models.length === 0
      ? []
      : [
          {
            Sid: "CallBedrock",
            purpose: "A gateway calls the models of Amazon Bedrock that the environment names.",
            Effect: "Allow",
            Action: [...actions],
            Resource: [...new Set(models)],
            reason:
              "A profile over several regions calls the model in any region with capacity: the model is named, its region is not.",
          } as const,
        ]),
  ];
}

/** Profiles over several regions, e.g. `us.anthropic.…`, are the account's; models are Amazon's and have no account. */
function modelArns(model: string, region: string, accountId: string): readonly string[] {
  const profiled = /^(?:us|eu|apac|jp|au|global|us-gov)\.(.+)$/.exec(model)?.[1];
  if (profiled === undefined) return [`arn:aws:bedrock:${region}::foundation-model/${model}`];
  return [
    `arn:aws:bedrock:${region}:${accountId}:inference-profile/${model}`,
    `arn:aws:bedrock:*::foundation-model/${profiled}`,
  ];
}
