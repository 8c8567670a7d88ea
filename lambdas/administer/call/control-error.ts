import type { ErrorCode } from "../../../contracts/api/errors.ts";
import { shortened } from "../../../lib/shortened.ts";

export interface KeyOwner {
  readonly organizationId: string;
  /** Of the admin key. */
  readonly keyId: string;
}

interface ErrorDetails {
  readonly param?: string | undefined;
  readonly decisionId?: string | undefined;
  /** Of a refusal: the rule that decided. */
  readonly rule?: string | undefined;
  /** Of a refused admin key that an organisation has: where it is. */
  readonly keyOwner?: KeyOwner | undefined;
  readonly allow?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** An error that the caller gets as it is. */
export class ControlError extends Error {
  readonly code: ErrorCode;
  /** The field that is wrong. */
  readonly param: string | undefined;
  /** Of a refusal: the id that its line in the log has. */
  readonly decisionId: string | undefined;
  /** For the log and the audit event, and not for the caller. */
  readonly rule: string | undefined;
  readonly keyOwner: KeyOwner | undefined;
  /** Of a method that a path does not take: those that it takes. */
  readonly allow: string | undefined;
  /** Seconds after which a refused request may be sent again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message);
    this.code = code;
    this.param = details.param;
    this.decisionId = details.decisionId;
    this.rule = details.rule;
    this.keyOwner = details.keyOwner;
    this.allow = details.allow;
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}

/** Another change came between reading and writing. */
export class LostRaceError extends Error {}

/** The same for what does not exist, what belongs to another organisation, and what the caller may not see. */
export function notFound(what: string, id: string, rule?: string): ControlError {
  const message = `No ${what} with the id '${shortened(id)}' exists in this organisation.`;
  return new ControlError("not_found", message, { rule });
}

/** The caller's roles do not permit the request, as a rule says. */
export function denied(rule: string): ControlError {
  const reason = isOfKey(rule)
    ? `The scopes of your admin key do not permit this (rule ${rule}); use a key that has the scope, or one without scopes of its own.`
    : `Your roles do not permit this (rule ${rule}); request a role that does from an owner of the organisation.`;
  return new ControlError("permission_denied", reason, { rule });
}

function isOfKey(rule: string): boolean {
  return rule === "key-scope" || rule.startsWith("key-scope:");
}
