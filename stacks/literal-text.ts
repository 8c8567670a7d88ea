/**
 * Text of an environment file as OpenTofu's JSON must have it: `${…}` and `%{…}` would be evaluated as templates there.
 * Not for tokens of cdktf, which are references.
 */
export function literalText(text: string): string {
  return text.replaceAll(/[$%]\{/g, (start) => `${start[0]}${start}`);
}
