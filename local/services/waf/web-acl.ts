import { asNumber, asText, block, blocks, type JsonObject } from "../../template/json.ts";
import { type IpSets, matcherOf, type WafRequest } from "./statement.ts";

export interface BlockResponse {
  readonly rule: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebAclOptions {
  /** Ranges of addresses by the ARN of their set. @default - there are no sets */
  readonly ipSets?: IpSets;
  /** Milliseconds since 1970. @default - Date.now */
  readonly now?: () => number;
}

interface RateRule {
  readonly name: string;
  /** Whether a request is counted. */
  readonly counts: (request: WafRequest) => boolean;
  readonly limit: number;
  readonly windowMs: number;
  readonly response: BlockResponse;
  /** Times of the requests of each address within the window. */
  readonly seen: Map<string, number[]>;
}

/** WAF allows ten thousand; an address beyond is forgotten oldest first. */
const MAX_ADDRESSES = 10_000;

/**
 * A web ACL's rate rules by address. AWS estimates and lags some ten seconds; here the count is exact: in any window
 * the request after the limit is blocked, and blocked requests count too.
 */
export class WebAcl {
  readonly #rules: readonly RateRule[];
  readonly #now: () => number;

  constructor(config: JsonObject, { ipSets = new Map(), now = Date.now }: WebAclOptions = {}) {
    this.#now = now;
    if (block(config.default_action)?.block !== undefined)
      throw new Error("The twin knows web ACLs that allow by default; this one blocks.");
    this.#rules = blocks(config.rule)
      .toSorted((a, b) => asNumber(a.priority) - asNumber(b.priority))
      .map((rule) => rateRule(rule, config, ipSets));
  }

  /** The response to a request from this address, or `undefined` when it may pass. */
  check(address: string, headers: WafRequest["headers"] = {}): BlockResponse | undefined {
    const now = this.#now();
    return this.#rules.find((rule) => rule.counts({ address, headers }) && isOver(rule, address, now))?.response;
  }
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  APPLICATION_JSON: "application/json",
  TEXT_HTML: "text/html",
  TEXT_PLAIN: "text/plain",
};

function isOver(rule: RateRule, address: string, now: number): boolean {
  const times = (rule.seen.get(address) ?? []).filter((time) => time > now - rule.windowMs);
  // More than limit + 1 times are not needed: the newest stay.
  times.push(now);
  rule.seen.delete(address);
  rule.seen.set(address, times.slice(-(rule.limit + 1)));
  if (rule.seen.size > MAX_ADDRESSES) {
    const [oldest] = rule.seen.keys();
    if (oldest !== undefined) rule.seen.delete(oldest);
  }
  return times.length > rule.limit;
}

function rateRule(rule: JsonObject, acl: JsonObject, ipSets: IpSets): RateRule {
  const name = asText(rule.name);
  const rate = block(block(rule.statement)?.rate_based_statement);
  if (!rate) throw new Error(`The twin knows rate-based WAF rules only; rule ${name} has another statement.`);
  if (rate.aggregate_key_type !== "IP") throw new Error(`WAF rule ${name}: the twin counts by IP only.`);
  const scopeDown = block(rate.scope_down_statement);
  const action = block(rule.action)?.block;
  if (action === undefined) throw new Error(`WAF rule ${name}: the twin knows the action block only.`);
  const custom = block(block(action)?.custom_response);
  const bodyKey = custom?.custom_response_body_key;
  const body = blocks(acl.custom_response_body).find((candidate) => candidate.key === bodyKey);
  const headers = Object.fromEntries(
    blocks(custom?.response_header).map((entry) => [asText(entry.name).toLowerCase(), asText(entry.value)]),
  );
  return {
    name,
    counts: scopeDown === undefined ? () => true : matcherOf(name, scopeDown, ipSets),
    limit: asNumber(rate.limit),
    windowMs: asNumber(rate.evaluation_window_sec ?? 300) * 1000,
    seen: new Map(),
    response: {
      rule: name,
      status: custom ? asNumber(custom.response_code) : 403,
      headers: body
        ? { ...headers, "content-type": CONTENT_TYPES[asText(body.content_type)] ?? "text/plain" }
        : headers,
      body: body ? asText(body.content) : "",
    },
  };
}
