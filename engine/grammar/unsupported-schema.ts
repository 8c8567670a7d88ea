/** A schema keyword that the grammar can't enforce; `path` is its position. */
export class UnsupportedSchema extends Error {
  override readonly name = "UnsupportedSchema";
  constructor(path: string, what: string) {
    super(`${what} (at ${path || "the top"})`);
  }
}
