import { LOCAL_ISSUER } from "../../contracts/processes/people.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { TokenExchangeSettings } from "../../contracts/processes/token-exchange.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { block, isObject } from "../template/json.ts";
import type { RawResource } from "../template/stacks.ts";
import type { LocalIssuer } from "./local-issuer.ts";

/** Starts the issuer that a function of the stacks names `local`. @returns `undefined` when none does */
export async function startDeclaredIssuer(resources: readonly RawResource[]): Promise<LocalIssuer | undefined> {
  for (const { type, config } of resources) {
    if (type !== "aws_lambda_function") continue;
    const variables = block(config.environment)?.variables;
    const json = isObject(variables) ? variables[ENV.tokenExchange] : undefined;
    const settings = TokenExchangeSettings.safeParse(typeof json === "string" ? parseJson(json) : undefined);
    const { people } = settings.data ?? {};
    if (people?.issuer !== LOCAL_ISSUER) continue;
    // The provider's packages are loaded where they are needed alone.
    const { startLocalIssuer } = await import("./local-issuer.ts");
    return await startLocalIssuer(people.clientId);
  }
  return undefined;
}
