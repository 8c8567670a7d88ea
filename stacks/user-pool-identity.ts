import type { PeopleSettings } from "../contracts/processes/people.ts";
import type { Environment } from "../settings/environment.ts";
import type { DataStack } from "./data-stack.ts";

/** The identity settings, with issuer and client of the environment's user pool where it has one. */
export function deployedIdentity(
  { identity }: Pick<Environment, "identity">,
  { userPool }: Pick<DataStack, "userPool">,
): Environment["identity"] {
  const { people } = identity;
  if (people === null || userPool === undefined) return identity;
  const { issuer, clientId } = userPool;
  return { ...identity, people: { ...people, issuer, clientId, ...accessTokensOf(people, clientId) } };
}

/** The user pool's client is the audience of its access tokens. */
function accessTokensOf({ accessTokens }: PeopleSettings, clientId: string): Pick<PeopleSettings, "accessTokens"> {
  return accessTokens === undefined ? {} : { accessTokens: { ...accessTokens, audience: clientId } };
}
