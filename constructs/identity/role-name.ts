import { createHash } from "node:crypto";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const MAX_ROLE_NAME = 64;
const HASH_CHARACTERS = 8;

/**
 * Name of a role for a name that may be longer than IAM's 64 characters: the same where it fits, else its start, and a
 * hash of the whole instead of the rest, so that two long names stay different.
 */
export function roleName(name: string): string {
  if (name.length <= MAX_ROLE_NAME) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_CHARACTERS);
  return `${name.slice(0, MAX_ROLE_NAME - HASH_CHARACTERS - 1)}-${hash}`;
}
