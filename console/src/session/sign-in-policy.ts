import type { SignInDocument } from "../../../contracts/processes/people.ts";
import { isRecord } from "../../../lib/is-record.ts";
import { ApiError } from "../api/api-error.ts";

/** Where people sign in: what the console needs of the response of `GET /oauth/sign-in`. */
export type SignInPolicy = Pick<SignInDocument, "issuer" | "client_id"> & {
  /** Who comes in: who was invited, or also who has an address of some domains, or any verified one. */
  readonly admit: "invited" | "domains" | "any";
  /** Whether who is new gets a project of their own. */
  readonly hasOwnProject: boolean;
  readonly authorizationEndpoint: string;
  readonly scopes: readonly string[];
};

/** @throws {ApiError} `failed` while the provider can't be read */
export async function signInPolicy(apiUrl: string): Promise<SignInPolicy> {
  const response = await fetch(`${apiUrl}/oauth/sign-in`, { credentials: "omit" }).catch(() => undefined);
  if (response === undefined) throw new ApiError(navigator.onLine ? "unreachable" : "offline");
  const value: unknown = response.ok ? await response.json().catch(() => undefined) : undefined;
  const { issuer, client_id, authorization_endpoint, scopes, admit, is_open, has_own_project } = isRecord(value)
    ? value
    : {};
  if (typeof issuer !== "string" || typeof client_id !== "string" || typeof authorization_endpoint !== "string")
    throw new ApiError("failed");
  return {
    issuer,
    client_id,
    authorizationEndpoint: authorization_endpoint,
    scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === "string") : ["openid", "email"],
    admit: admit !== "domains" ? "invited" : is_open === true ? "any" : admit,
    hasOwnProject: has_own_project === true,
  };
}
