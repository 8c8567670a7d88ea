import { withoutKeys } from "../../../contracts/api/errors.ts";

/** Each matches in time proportional to the text. */
const SECRETS: readonly RegExp[] = [
  // Bearer tokens, and credentials of basic authentication.
  /\b(?:bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi,
  // Keys of OpenAI's and Anthropic's form.
  /\bsk-[A-Za-z0-9_-]{16,}/g,
  // Signed tokens (JWT): the first part is the Base64 of `{"`.
  /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?/g,
  // AWS access key ids.
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  // Signatures and credentials in the query of a presigned address.
  /\bX-Amz-(?:Signature|Credential|Security-Token)=[^&\s"\\]+/gi,
];

/**
 * A line of the log without what looks like a key or token. Whoever writes a line leaves them out; this is for a line that does not, as
 * one of a library that quotes what it sent.
 */
export function redact(line: string): string {
  return SECRETS.reduce((text, secret) => text.replace(secret, "[redacted]"), withoutKeys(line));
}
