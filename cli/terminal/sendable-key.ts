import { UserError } from "./user-error.ts";

/** Of a key; every service's has fewer characters. */
const MAX_CHARACTERS = 4096;

/**
 * A secret that a header can carry.
 * @param name of the secret, at the beginning of a sentence: "The key in SLUICE_API_KEY"
 * @throws {UserError} without repeating the secret
 */
export function sendableKey(name: string, key: string): string {
  if (key.length <= MAX_CHARACTERS && /^[\x21-\x7e]+$/.test(key)) return key;
  throw new UserError(
    `${name} must be 1 to ${MAX_CHARACTERS} visible ASCII characters without spaces or line breaks; copy it again (it is not repeated here).`,
  );
}
