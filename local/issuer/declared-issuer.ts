import { LOCAL_ISSUER } from "../../contracts/processes/people.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { TokenExchangeSettings } from "../../contracts/processes/token-exchange.ts";
import { CONSOLE_SIGN_IN } from "../../domain/people/callback-urls.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { idOf } from "../runtime/names.ts";
import { block, isObject } from "../template/json.ts";
import type { RawResource } from "../template/stacks.ts";
import type { LocalIssuer } from "./local-issuer.ts";

/** Of `sluice login --loopback`, at any port. */
const LOOPBACK_REDIRECT = "http://127.0.0.1/callback";
/**
 * Starts the issuer that a function of the stacks names `local`, or one in place of the stacks' user pool.
 * @param siteUrl origin of the page, to which the issuer may send browsers back
 * @returns `undefined` when none does
 */
export async function startDeclaredIssuer(
  resources: readonly RawResource[],
  siteUrl: string,
): Promise<LocalIssuer | undefined> {
  const redirectUris = [
    LOOPBACK_REDIRECT,
    `${siteUrl}${CONSOLE_SIGN_IN}`,
    `${siteUrl.replace("127.0.0.1", "localhost")}${CONSOLE_SIGN_IN}`,
  ];
  const poolClient = resources.find(({ type }) => type === "aws_cognito_user_pool_client");
  if (poolClient !== undefined) {
    const { startLocalIssuer } = await import("./local-issuer.ts");
    return await startLocalIssuer(idOf(poolClient), { redirectUris, isCognito: true });
  }
  for (const { type, config } of resources) {
    if (type !== "aws_lambda_function") continue;
    const variables = block(config.environment)?.variables;
    const json = isObject(variables) ? variables[ENV.tokenExchange] : undefined;
    const settings = TokenExchangeSettings.safeParse(typeof json === "string" ? parseJson(json) : undefined);
    const { people } = settings.data ?? {};
    if (people?.issuer !== LOCAL_ISSUER) continue;
    // The provider's packages are loaded where they are needed alone.
    const { startLocalIssuer } = await import("./local-issuer.ts");
    return await startLocalIssuer(people.clientId, {
      redirectUris,
      audience: people.accessTokens?.audience,
      groupsClaim: people.groups?.claim,
    });
  }
  return undefined;
}
