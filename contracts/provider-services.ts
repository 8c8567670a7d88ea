import type { ProviderSettings } from "./target-settings.ts";

type Reaching = Pick<ProviderSettings, "dialect" | "credential" | "region">;

/**
 * AWS services that gateways call for the declared providers, by their endpoint's name. Each costs by the hour, so each is
 * there only when it is used: Bedrock of the gateways' own region, and the secrets that hold keys.
 */
export function providerServices(region: string, providers: readonly Reaching[]): readonly string[] {
  return [
    ...(providers.some((provider) => provider.dialect === "bedrock" && provider.region === region)
      ? ["bedrock-runtime"]
      : []),
    ...(providers.some(({ credential }) => credential.from === "secret") ? ["secretsmanager"] : []),
  ];
}
