import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../template/json.ts";
import { WebAcl } from "./web-acl.ts";

const CUSTOM = {
  block: {
    custom_response: {
      custom_response_body_key: "slow-down",
      response_code: 429,
      response_header: [{ name: "Retry-After", value: "60" }],
    },
  },
};

function rule(limit: number, other: JsonObject = {}): JsonObject {
  const rate = { aggregate_key_type: "IP", evaluation_window_sec: 60, limit };
  return {
    name: `limit-${limit}`,
    priority: limit,
    action: CUSTOM,
    statement: { rate_based_statement: rate },
    ...other,
  };
}

const acl = (...rules: JsonObject[]): JsonObject => ({
  custom_response_body: [{ key: "slow-down", content: '{"error":{}}', content_type: "APPLICATION_JSON" }],
  default_action: { allow: {} },
  rule: rules,
});

/** Numbers (from 1) of the requests of one address that are blocked. */
const blocked = (web: WebAcl, requests: number, address = "10.0.0.1") =>
  Array.from({ length: requests }, (_, index) => (web.check(address) ? index + 1 : 0)).filter((number) => number > 0);

describe("the rate rule", () => {
  test("lets the limit through and blocks the request after it", () => {
    expect(blocked(new WebAcl(acl(rule(100)), { now: () => 0 }), 102)).toEqual([101, 102]);
  });

  test("counts each address separately", () => {
    const web = new WebAcl(acl(rule(2)), { now: () => 0 });
    expect(blocked(web, 3, "10.0.0.1")).toEqual([3]);
    expect(blocked(web, 3, "10.0.0.2")).toEqual([3]);
  });

  test("slides: a request counts for the window's length and no longer", () => {
    let now = 0;
    const web = new WebAcl(acl(rule(2)), { now: () => now });
    blocked(web, 1);
    now = 30_000;
    blocked(web, 1);
    now = 59_999;
    expect(blocked(web, 1)).toEqual([1]);
    now = 95_000;
    expect(blocked(web, 1)).toEqual([]);
  });

  test("counts blocked requests too: an address that continues stays blocked", () => {
    let now = 0;
    const web = new WebAcl(acl(rule(2)), { now: () => now });
    for (let time = 0; time < 100; time++) {
      now = time * 10_000;
      expect(blocked(web, 1)).toEqual(time < 2 ? [] : [1]);
    }
  });

  test("the window is 300 seconds unless set", () => {
    let now = 0;
    const rate = { aggregate_key_type: "IP", limit: 1 };
    const web = new WebAcl(acl(rule(1, { statement: { rate_based_statement: rate } })), { now: () => now });
    blocked(web, 1);
    now = 299_999;
    expect(blocked(web, 1)).toEqual([1]);
  });

  test("the rule with the lowest priority number is applied first", () => {
    const web = new WebAcl(acl(rule(2), rule(1)), { now: () => 0 });
    blocked(web, 1);
    expect(web.check("10.0.0.1")?.rule).toBe("limit-1");
  });

  test("does not count the requests of addresses in the sets that it leaves out", () => {
    const inSet = (arn: string) => ({ ip_set_reference_statement: { arn } });
    const others = { not_statement: { statement: [{ or_statement: { statement: [inSet("v4"), inSet("v6")] } }] } };
    const rate = { aggregate_key_type: "IP", limit: 1, scope_down_statement: others };
    const ipSets = new Map([
      ["v4", ["203.0.113.0/29"]],
      ["v6", ["2001:db8::/48"]],
    ]);
    const web = new WebAcl(acl(rule(1, { statement: { rate_based_statement: rate } })), { now: () => 0, ipSets });
    expect(blocked(web, 3, "203.0.113.1")).toEqual([]);
    expect(blocked(web, 3, "2001:db8::1")).toEqual([]);
    expect(blocked(web, 3, "203.0.113.8")).toEqual([2, 3]);
  });

  test("forgets the address that was silent longest when there are more than ten thousand", () => {
    const web = new WebAcl(acl(rule(1)), { now: () => 0 });
    blocked(web, 1, "first");
    blocked(web, 1, "second");
    for (let index = 0; index < 9_998; index++) web.check(`other-${index}`);
    expect(blocked(web, 1, "first")).toEqual([1]);
    web.check("one more");
    expect(blocked(web, 1, "first")).toEqual([1]);
    expect(blocked(web, 1, "second")).toEqual([]);
  });
});

test("rules that choose requests by a header's form count them apart", () => {
  const form = {
    regex_match_statement: { regex_string: "^key-[0-9]+$", field_to_match: { single_header: { name: "x-key" } } },
  };
  const scoped = (limit: number, scope_down_statement: JsonObject) =>
    rule(limit, {
      statement: { rate_based_statement: { aggregate_key_type: "IP", limit, scope_down_statement } },
    });
  const known = { not_statement: { statement: [{ ip_set_reference_statement: { arn: "v4" } }] } };
  const without = { and_statement: { statement: [known, { not_statement: { statement: [form] } }] } };
  const withKey = { and_statement: { statement: [known, { or_statement: { statement: [form] } }] } };
  const ipSets = new Map([["v4", ["203.0.113.0/29"]]]);
  const web = new WebAcl(acl(scoped(1, without), scoped(2, withKey)), { now: () => 0, ipSets });
  const send = (headers: Record<string, string>, address = "10.0.0.1") => web.check(address, headers)?.rule;
  expect([send({}), send({ "x-key": "key-" }), send({})]).toEqual([undefined, "limit-1", "limit-1"]);
  const keyed = { "x-key": "key-7" };
  expect([send(keyed), send(keyed), send(keyed)]).toEqual([undefined, undefined, "limit-2"]);
  expect([1, 2, 3, 4].map(() => send(keyed, "203.0.113.1"))).toEqual([undefined, undefined, undefined, undefined]);
});

describe("the response to a blocked request", () => {
  test("has the custom response's status, headers and body", () => {
    const web = new WebAcl(acl(rule(1)), { now: () => 0 });
    web.check("10.0.0.1");
    expect(web.check("10.0.0.1")).toEqual({
      rule: "limit-1",
      status: 429,
      headers: { "retry-after": "60", "content-type": "application/json" },
      body: '{"error":{}}',
    });
  });

  test("is an empty 403 without a custom response", () => {
    const web = new WebAcl(acl(rule(1, { action: { block: {} } })), { now: () => 0 });
    web.check("10.0.0.1");
    expect(web.check("10.0.0.1")).toMatchObject({ status: 403, headers: {}, body: "" });
  });
});

describe("what the twin can't simulate is refused by the rule's name", () => {
  test("another statement", () => {
    const config = acl(rule(1, { name: "geo", statement: { geo_match_statement: {} } }));
    expect(() => new WebAcl(config)).toThrow("The twin knows rate-based WAF rules only; rule geo has another");
  });

  test("counting by something else than the address", () => {
    const rate = { aggregate_key_type: "FORWARDED_IP", limit: 1 };
    const config = acl(rule(1, { statement: { rate_based_statement: rate } }));
    expect(() => new WebAcl(config)).toThrow("WAF rule limit-1: the twin counts by IP only.");
  });

  test("a limit for some requests only", () => {
    const rate = { aggregate_key_type: "IP", limit: 1, scope_down_statement: { byte_match_statement: {} } };
    const config = acl(rule(1, { statement: { rate_based_statement: rate } }));
    expect(() => new WebAcl(config)).toThrow("WAF rule limit-1: the twin counts every request");
  });

  test("another action, or blocking by default", () => {
    expect(() => new WebAcl(acl(rule(1, { action: { count: {} } })))).toThrow(
      "WAF rule limit-1: the twin knows the action",
    );
    expect(() => new WebAcl({ ...acl(), default_action: { block: {} } })).toThrow("this one blocks");
  });
});
