import type { KeyScope } from "../../../contracts/processes/auth.ts";
import { TokenError } from "../../../domain/issuers/token-error.ts";
import { checkUse } from "../../../domain/keys/check-key.ts";
import { refusingRule } from "../../../domain/keys/key-decision.ts";
import { narrowed } from "../../../domain/keys/key-item.ts";
import { IssuerUnavailable } from "../../../lib/http/fetch-document.ts";
import type { AddressLimit } from "../../admission/address-limit.ts";
import { GatewayError } from "../../core/gateway-error.ts";
import type { GatewayRequest } from "../../core/request.ts";
import type { GatewayKey, KeyStore } from "../../keys/key-store.ts";
import type { PrincipalChoice } from "../../keys/principal-keys.ts";
import type { IdentifiedToken, TokenIdentities } from "../../keys/token-identities.ts";
import { CHALLENGE, type FailureTools, lookUp, refusalError, refuseAfterFailures } from "./refusals.ts";

/** Header by which OpenAI's clients name a project. */
export const PROJECT_HEADER = "openai-project";
/** Of the header; ids of projects have 30. */
const MAX_PROJECT_CHARACTERS = 100;

/** Where a token comes from. */
export interface TokenSender {
  readonly request: Pick<GatewayRequest, "headers" | "address">;
  /** The address, as it is counted. */
  readonly addressTenant: string;
}

export interface TokenTools extends FailureTools {
  readonly tokens: Pick<TokenIdentities, "isUser" | "isVerified" | "known" | "find">;
  readonly keys: KeyStore;
  readonly addressLimit: Pick<AddressLimit, "isTrusted">;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
}

/**
 * The rights of who sends a token of an issuer in place of a key. Without a promise where token and rights are known.
 * @throws {GatewayError} as for a key; `invalid_request` where the project has to be named, and `permission_denied` where the person is
 * not a member of the named one
 */
export function keyOfToken(
  sender: TokenSender,
  token: string,
  scope: KeyScope,
  tools: TokenTools,
): GatewayKey | Promise<GatewayKey> {
  const project = projectIn(sender.request.headers[PROJECT_HEADER]);
  const known = tools.tokens.known(token, project);
  const item = known !== undefined && "id" in known ? tools.keys.known?.(known.id) : undefined;
  if (item === undefined) return findKey({ sender, token, project, scope, tools });
  return checked(rightsOf(item, known), sender, scope, tools);
}

interface Search {
  readonly sender: TokenSender;
  readonly token: string;
  readonly project: string | undefined;
  readonly scope: KeyScope;
  readonly tools: TokenTools;
}

async function findKey({ sender, token, project, scope, tools }: Search): Promise<GatewayKey> {
  const isCounted = !tools.addressLimit.isTrusted(sender.request.address);
  if (isCounted && !tools.tokens.isVerified(token)) refuseAfterFailures(sender, undefined, tools);
  try {
    const choice = tools.tokens.known(token, project) ?? (await find(token, project, tools));
    if ("refusal" in choice) throw refused(choice.refusal);
    const item = await lookUp(tools.keys, choice.id);
    if (item === undefined) throw refused((await isUser(choice.id, tools)) ? "not-a-member" : "not-a-user");
    return checked(rightsOf(item, choice), sender, scope, tools);
  } catch (error) {
    const isFailure = error instanceof GatewayError && error.code === "invalid_api_key";
    if (isFailure && isCounted) tools.failedKeys.failed(sender.addressTenant, tools.now());
    throw error;
  }
}

/** The rights of the principal that the token's scopes leave. */
function rightsOf(item: GatewayKey, choice: IdentifiedToken | undefined): GatewayKey {
  return choice?.scopes === undefined ? item : narrowed(item, choice.scopes);
}

async function find(token: string, project: string | undefined, { tokens }: TokenTools): Promise<IdentifiedToken> {
  try {
    return await tokens.find(token, project);
  } catch (error) {
    if (error instanceof TokenError) throw invalid(error.rule);
    if (error instanceof IssuerUnavailable) throw new GatewayError("auth_unavailable", { rule: "token:issuer-keys" });
    throw new GatewayError("auth_unavailable");
  }
}

async function isUser(id: string, { tokens }: TokenTools): Promise<boolean> {
  try {
    return await tokens.isUser(id);
  } catch {
    throw new GatewayError("auth_unavailable");
  }
}

/** @throws {GatewayError} */
function checked(item: GatewayKey, { request }: TokenSender, scope: KeyScope, { wallClock }: TokenTools): GatewayKey {
  const now = wallClock();
  const use = { scope, address: request.address };
  const refusal = checkUse(item, use, now);
  if (refusal === undefined) return item;
  if (refusal === "scope")
    throw new GatewayError("permission_denied", {
      ...CHALLENGE,
      rule: refusingRule(refusal, item, use, now),
      message: `This token may not do what the scope \`${scope}\` is for: its own scopes, or the role of its user in the project, do not permit it. Get a token with that scope from its issuer.`,
    });
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
