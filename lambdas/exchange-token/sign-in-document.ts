import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { PeopleSettings, SignInDocument } from "../../contracts/processes/people.ts";
import { isOpen } from "../../domain/people/person-claims.ts";
import { awsLimits } from "../aws-limits.ts";
import { IssuerClient } from "./issuer-client.ts";

/** What clients find out of where people sign in. Without the issuer's addresses while it can't be read. */
export async function describeSignIn(
  settings: PeopleSettings,
  client: Pick<IssuerClient, "authorization">,
  log: (line: Readonly<Record<string, unknown>>) => void,
): Promise<Omit<SignInDocument, "issuer" | "client_id">> {
  const { admit = "invited", clientSecretId, groups } = settings;
  const own = {
    admit: admit === "invited" && groups?.admit === undefined ? admit : "domains",
    ...(isOpen(settings) ? { is_open: true } : {}),
    ...(admit !== "invited" && admit.ownProject ? { has_own_project: true } : {}),
    has_secret: clientSecretId !== undefined,
  } as const;
  try {
    const { endpoint, scopes } = await client.authorization();
    return { ...own, authorization_endpoint: endpoint, scopes: [...scopes] };
  } catch (error) {
    log({ level: "warn", msg: error instanceof Error ? error.message : String(error) });
    return own;
  }
}

/** @param now milliseconds of any monotonic clock */
export function issuerClient({ issuer, clientId, clientSecretId }: PeopleSettings, now: () => number): IssuerClient {
  if (clientSecretId === undefined) return new IssuerClient({ issuer, clientId, now });
  const secrets = new SecretsManagerClient(awsLimits(3000));
  const secret = async () => {
    const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: clientSecretId }));
    if (SecretString === "") throw new Error(`the secret ${clientSecretId} of Secrets Manager is empty`);
    return SecretString.trim();
  };
  return new IssuerClient({ issuer, clientId, secret, now });
}
