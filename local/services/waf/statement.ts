import { addressRanges } from "../../../domain/address-ranges.ts";
import { asText, block, blocks, type JsonObject } from "../../template/json.ts";

/** What a statement of a rule looks at. */
export interface WafRequest {
  readonly address: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

type Matches = (request: WafRequest) => boolean;

/** Ranges of addresses by the ARN of their set. */
export type IpSets = ReadonlyMap<string, readonly string[]>;

/**
 * The requests that a statement matches: `and`, `or` and `not` of IP sets and of regular expressions over a header.
 * @throws with the rule's name where the twin does not know the statement
 */
export function matcherOf(rule: string, statement: JsonObject, ipSets: IpSets): Matches {
  const parts = (name: string) =>
    blocks(block(statement[name])?.statement).map((part) => matcherOf(rule, part, ipSets));
  if (statement.and_statement !== undefined) {
    const all = parts("and_statement");
    return (request) => all.every((matches) => matches(request));
  }
  if (statement.or_statement !== undefined) {
    const any = parts("or_statement");
    return (request) => any.some((matches) => matches(request));
  }
  if (statement.not_statement !== undefined) {
    const [inner] = parts("not_statement");
    if (inner !== undefined) return (request) => !inner(request);
  }
  const set = block(statement.ip_set_reference_statement);
  if (set !== undefined) {
    const isIn = addressRanges(ipSets.get(asText(set.arn)) ?? []);
    return ({ address }) => isIn(address);
  }
  const header = block(block(block(statement.regex_match_statement)?.field_to_match)?.single_header)?.name;
  if (header !== undefined) {
    const pattern = new RegExp(asText(block(statement.regex_match_statement)?.regex_string));
    return ({ headers }) => {
      const value = headers[asText(header)];
      return typeof value === "string" && pattern.test(value);
    };
  }
  throw new Error(
    `WAF rule ${rule}: the twin counts every request, or those that IP sets and forms of headers choose, got ${Object.keys(statement).join(", ")}.`,
  );
}
