import * as z from "zod";
import { CONTROL_AUDIENCE } from "../../contracts/processes/people.ts";
import { fieldPath, shownValue } from "../../domain/issue-rules.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { OAuthError } from "./oauth-error.ts";

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";
const TOKEN_TYPE = "urn:ietf:params:oauth:token-type:";
/** The type of what is issued: a key is an access token. */
export const ISSUED_TOKEN_TYPE = `${TOKEN_TYPE}access_token`;
const SUBJECT_TYPES = [`${TOKEN_TYPE}jwt`, `${TOKEN_TYPE}id_token`];

/** A token has 16 KiB at most, and a form may double it. */
const MAX_BODY_CHARACTERS = 40_000;

/** A token exchange, RFC 8693 section 2.1. The two ids are OpenAI's, and may be in a form too. */
export interface ExchangeRequest {
  readonly subjectToken: string;
  /** Name of the policy. @default - the first of the issuer that the token meets */
  readonly workload: string | undefined;
  /** The token's issuer, if the client says it. */
  readonly issuer: string | undefined;
  /** What the key is for. @default - models */
  readonly audience: typeof CONTROL_AUDIENCE | undefined;
  /** Id of the project that a person wants a key of. @default - the person's only one */
  readonly project: string | undefined;
  /** Scopes with spaces between them. @default - the policy's */
  readonly scope: string | undefined;
}

const text = z.string().min(1).optional();
const Fields = z.object({
  grant_type: z.string(),
  subject_token: z.string().min(1),
  subject_token_type: z.string(),
  requested_token_type: text,
  actor_token: text,
  audience: text,
  scope: text,
  service_account_id: text,
  project_id: text,
  identity_provider_id: text,
});

/**
 * Reads a form or JSON.
 * @throws {OAuthError} `invalid_request` or `unsupported_grant_type`
 */
export function readExchange(body: string, contentType: string): ExchangeRequest {
  const refuse = (message: string) => new OAuthError("invalid_request", message);
  if (body.length > MAX_BODY_CHARACTERS)
    throw refuse(`The body has ${body.length} characters; it may have ${MAX_BODY_CHARACTERS}.`);
  const parsed = Fields.safeParse(fieldsOf(body, contentType));
  if (!parsed.success) {
    const names = [...new Set(parsed.error.issues.map(({ path }) => fieldPath(path)))].filter((name) => name !== "");
    throw refuse(names.length === 0 ? "The body has no fields." : `Missing or not a text: ${names.join(", ")}.`);
  }
  const { data } = parsed;
  if (data.grant_type !== GRANT_TYPE)
    throw new OAuthError("unsupported_grant_type", `The grant_type must be ${GRANT_TYPE}.`);
  if (!SUBJECT_TYPES.includes(data.subject_token_type))
    throw refuse(`The subject_token_type must be one of ${SUBJECT_TYPES.join(", ")}.`);
  if ((data.requested_token_type ?? ISSUED_TOKEN_TYPE) !== ISSUED_TOKEN_TYPE)
    throw refuse(`The requested_token_type must be ${ISSUED_TOKEN_TYPE}.`);
  if (data.actor_token !== undefined)
    throw refuse("An actor_token is not accepted: everybody signs in for themselves.");
  const { audience } = data;
  if (audience !== undefined && audience !== CONTROL_AUDIENCE)
    throw new OAuthError(
      "invalid_target",
      `The audience must be ${CONTROL_AUDIENCE}, for a key of the control API; leave it out for a key for models.`,
    );
  return {
    audience,
    subjectToken: data.subject_token,
    workload: data.service_account_id,
    issuer: data.identity_provider_id,
    project: data.project_id,
    scope: data.scope,
  };
}

function fieldsOf(body: string, contentType: string): unknown {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return parseJson(body);
  if (type !== "application/x-www-form-urlencoded")
    throw new OAuthError(
      "invalid_request",
      "The content-type must be application/x-www-form-urlencoded or application/json.",
    );
  const form = new URLSearchParams(body);
  const repeated = firstRepeated(form.keys());
  if (repeated !== undefined)
    throw new OAuthError(
      "invalid_request",
      `The field ${shownValue(repeated)} must be there once in the form, and is there more than once; remove all but one.`,
    );
  return Object.fromEntries(form);
}

function firstRepeated(names: Iterable<string>): string | undefined {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}
