/**
 * The form of an API key, with or without its checksum, as a part of a regular expression without groups, which WAF does not
 * take: `domain/keys/api-key.ts` makes such keys.
 */
export const API_KEY_FORM = "sk-sl-[a-z2-7]{12}-[A-Za-z0-9_-]{43}[0-9A-Za-z]{0,6}";

/** Regular expressions for the headers in which a key may come: OpenAI's, and that of Anthropic's SDKs. */
export const KEY_HEADER_FORMS = {
  authorization: `^[Bb]earer +${API_KEY_FORM}$`,
  "x-api-key": `^${API_KEY_FORM}$`,
} as const;

const PATTERNS = Object.entries(KEY_HEADER_FORMS).map(([name, form]) => [name, new RegExp(form)] as const);

/**
 * Whether a request has something of the form of a key. Anybody can write that: it says nothing about whether the key is
 * one, and may decide nothing but which of two limits counts.
 */
export function presentsKey(headers: Readonly<Record<string, string | readonly string[] | undefined>>): boolean {
  return PATTERNS.some(([name, pattern]) => {
    const value = headers[name];
    return typeof value === "string" && pattern.test(value.trim());
  });
}
