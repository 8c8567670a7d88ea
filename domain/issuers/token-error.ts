/** A token that is refused, and the rule that refuses it, for the log. */
export class TokenError extends Error {
  readonly rule: string;

  constructor(rule: string) {
    super(`The subject token is refused by the rule ${rule}.`);
    this.name = "TokenError";
    this.rule = rule;
  }
}
