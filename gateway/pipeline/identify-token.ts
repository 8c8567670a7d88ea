import type { KeyScope } from "../../contracts/processes/auth.ts";
import { TokenError } from "../../domain/issuers/token-error.ts";
import { checkUse } from "../../domain/keys/check-key.ts";
import { refusingRule } from "../../domain/keys/key-decision.ts";
import { IssuerUnavailable } from "../../lib/http/fetch-document.ts";
import type { AddressLimit } from "../admission/address-limit.ts";
import { GatewayError } from "../core/gateway-error.ts";
import type { GatewayKey, KeyStore } from "../keys/key-store.ts";
import type { PrincipalChoice } from "../keys/principal-keys.ts";
import type { TokenIdentities } from "../keys/token-identities.ts";
import { CHALLENGE, type FailureTools, lookUp, refusalError, refuseAfterFailures } from "./identify-refusals.ts";
import type { Admitted } from "./request-states.ts";

/** Header by which OpenAI's clients name a project. */
export const PROJECT_HEADER = "openai-project";
const MAX_PROJECT_CHARACTERS = 100;

export interface TokenTools extends FailureTools {
  readonly tokens: Pick<TokenIdentities, "isVerified" | "known" | "find">;
  readonly keys: KeyStore;
  readonly addressLimit: AddressLimit;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/**
 * The rights of who sends a token of an issuer in place of a key. Without a promise where token and rights are known.
 * @throws {GatewayError} as for a key; `invalid_request` where the project has to be named, and `permission_denied` where the person is
 * not a member of the named one
 */
export function keyOfToken(
  admitted: Admitted,
  token: string,
  scope: KeyScope,
  tools: TokenTools,
): GatewayKey | Promise<GatewayKey> {
  const project = projectIn(admitted.request.headers[PROJECT_HEADER]);
  const known = tools.tokens.known(token, project);
  const item = known !== undefined && "id" in known ? tools.keys.known?.(known.id) : undefined;
  return item === undefined
    ? findKey({ admitted, token, project, scope, tools })
    : checked(item, admitted, scope, tools);
}

interface Search {
  readonly admitted: Admitted;
  readonly token: string;
  readonly project: string | undefined;
  readonly scope: KeyScope;
  readonly tools: TokenTools;
}

async function findKey({ admitted, token, project, scope, tools }: Search): Promise<GatewayKey> {
  const isCounted = !tools.addressLimit.isTrusted(admitted.request.address);
  if (isCounted && !tools.tokens.isVerified(token)) refuseAfterFailures(admitted, undefined, tools);
  try {
    const choice = tools.tokens.known(token, project) ?? (await find(token, project, tools));
    if ("refusal" in choice) throw refused(choice.refusal);
    return checked(await lookUp(tools.keys, choice.id), admitted, scope, tools);
  } catch (error) {
    const isFailure = error instanceof GatewayError && error.code === "invalid_api_key";
    if (isFailure && isCounted) tools.failedKeys.failed(admitted.addressTenant, tools.now());
    throw error;
  }
}

async function find(token: string, project: string | undefined, { tokens }: TokenTools): Promise<PrincipalChoice> {
  try {
    return await tokens.find(token, project);
  } catch (error) {
    if (error instanceof TokenError) throw invalid(error.rule);
    if (error instanceof IssuerUnavailable) throw new GatewayError("auth_unavailable", { rule: "token:issuer-keys" });
    throw new GatewayError("auth_unavailable");
  }
}

/** @throws {GatewayError} */
function checked(
  item: GatewayKey | undefined,
  { request }: Admitted,
  scope: KeyScope,
  { wallClock }: TokenTools,
): GatewayKey {
  if (item === undefined) throw invalid("not-a-user");
  const now = wallClock();
  const use = { scope, address: request.address };
  const refusal = checkUse(item, use, now);
  if (refusal === undefined) return item;
  throw refusalError(refusal, use, { ...CHALLENGE, rule: refusingRule(refusal, item, use, now) });
}

function refused(refusal: Extract<PrincipalChoice, { readonly refusal: string }>["refusal"]): GatewayError {
  if (refusal === "not-a-user") return invalid(refusal);
  if (refusal === "project")
    return new GatewayError("invalid_request", {
      rule: "token:project",
      param: PROJECT_HEADER,
      message: "You are in several projects. Send the header `OpenAI-Project` with the id of one.",
    });
  return new GatewayError("permission_denied", {
    rule: "token:not-a-member",
    message:
      "You are in no project, or not in the one that the header `OpenAI-Project` names. An owner can add you to one.",
  });
}

function invalid(rule: string): GatewayError {
  return new GatewayError("invalid_api_key", { ...CHALLENGE, rule: `token:${rule}` });
}

/** The project in the header. @throws {GatewayError} `invalid_request` for what can't be an id */
export function projectIn(value: string | readonly string[] | undefined): string | undefined {
  const project = typeof value === "string" ? value.trim() : "";
  if (project === "") return undefined;
  if (project.length <= MAX_PROJECT_CHARACTERS) return project;
  throw new GatewayError("invalid_request", {
    param: PROJECT_HEADER,
    message: "The header `OpenAI-Project` must be the id of a project, as proj_….",
  });
}
