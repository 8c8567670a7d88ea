import { dialectRules } from "../../contracts/targets/provider-dialects.ts";
import type { ProviderSettings } from "../../contracts/targets/target-settings.ts";

type Reaching = Pick<ProviderSettings, "dialect" | "credential" | "region">;

/**
 * AWS services that gateways call for the declared providers, by their endpoint's name. Each costs by the hour, so each
 * exists only when it is used: Bedrock of the gateways' own region, and the secrets that hold keys.
 */
export function providerServices(region: string, providers: readonly Reaching[]): readonly string[] {
  const services = providers.flatMap((provider) => {
    const { awsService } = dialectRules(provider.dialect);
    return awsService !== null && provider.region === region ? [awsService] : [];
  });
  return [
    ...new Set(services),
    ...(providers.some(({ credential }) => credential.from === "secret") ? ["secretsmanager"] : []),
  ];
}
