/** The parsed text, or `undefined` where it is not JSON. A text from outside is checked by its caller, not trusted. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
