const PLAIN = /^[\x20-\x24\x26-\x7e]*$/;

/** Text of any language as a header's value: what isn't printable ASCII, and `%`, is percent-encoded as UTF-8. */
export function headerText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.toWellFormed().replace(/[^\x20-\x24\x26-\x7e]+/g, encodeURIComponent);
}
