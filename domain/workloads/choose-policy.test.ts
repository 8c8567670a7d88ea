import { describe, expect, test } from "vitest";
import type { WorkloadPolicy } from "../../contracts/processes/workloads.ts";
import { checkKey } from "../keys/check-key.ts";
import { recordId } from "../keys/record-id.ts";
import { candidatesOf, choosePolicy, keySeconds, type SubjectClaims, scopesFor } from "./choose-policy.ts";
import { claimMatches, matchesPattern } from "./claim-pattern.ts";
import { exchangeRecord, workloadKey } from "./workload-key.ts";

const ISSUER = "https://token.actions.githubusercontent.com";
const policy = (own: Partial<WorkloadPolicy> = {}): WorkloadPolicy => ({
  name: "nightly",
  issuer: ISSUER,
  audience: "https://api.example.com",
  claims: { sub: "repo:acme/*" },
  ...own,
});
const claims = (own: Readonly<Record<string, unknown>> = {}): SubjectClaims => {
  const all = { sub: "repo:acme/app:ref:refs/heads/main", ref: "refs/heads/main", ...own };
  return { iss: ISSUER, aud: ["https://api.example.com"], exp: 2_000_000_000, sub: all.sub, all };
};

describe("the pattern of a claim", () => {
  test.each([
    ["repo:acme/app", "repo:acme/app", true],
    ["repo:acme/app", "repo:acme/ap", false],
    ["repo:acme/app:ref:refs/heads/main", "repo:acme/*", true],
    ["repo:acme-evil/app", "repo:acme/*", false],
    ["xrepo:acme/app", "repo:acme/*", false],
    ["repo:acme/app:ref:refs/heads/main", "repo:acme/*:ref:refs/heads/main", true],
    ["repo:acme/app:ref:refs/heads/mainly", "repo:acme/*:ref:refs/heads/main", false],
    ["repo:acme/:ref:refs/heads/main", "repo:acme/*:ref:refs/heads/main", true],
    ["aba", "ab*ba", false],
    ["abba", "ab*ba", true],
    ["a.c", "a?c", false],
    ["abc", "a.c", false],
    ["Repo:acme/app", "repo:acme/*", false],
    ["anything", "*", true],
    ["a-b-c", "a*b*c", true],
    ["acb", "a*b*c", false],
  ])("%s has the form of %s: %s", (text, pattern, expected) => {
    expect(matchesPattern(text, pattern)).toBe(expected);
  });

  test("a pattern with many stars is decided at once", () => {
    const begun = process.cpuUsage();
    expect(matchesPattern("a".repeat(20_000), `${"*a".repeat(140)}b`)).toBe(false);
    // Seen: 0.1 ms. A regular expression of this pattern would not end within the test's time.
    expect(process.cpuUsage(begun).user / 1000).toBeLessThan(500);
  });

  test("of a list one value is enough; numbers and booleans are their text; objects and null never match", () => {
    expect(claimMatches(["x", "admins"], "admins")).toBe(true);
    expect(claimMatches(74, "74")).toBe(true);
    expect(claimMatches(true, "true")).toBe(true);
    for (const claim of [{}, null, undefined, [["admins"]], []]) expect(claimMatches(claim, "*")).toBe(false);
  });
});

describe("the policy of a token", () => {
  test("the first one whose audience and claims all match is chosen", () => {
    const first = policy({ name: "deploy", claims: { sub: "repo:acme/*", ref: "refs/tags/*" } });
    const second = policy();
    expect(choosePolicy([first, second], claims())).toEqual({ policy: second });
    expect(choosePolicy([first, second], claims({ ref: "refs/tags/v1" }))).toEqual({ policy: first });
  });

  test.each<[string, Partial<WorkloadPolicy>, Partial<SubjectClaims>]>([
    ["issuer", { issuer: "https://other.example.com" }, {}],
    ["audience", {}, { aud: ["https://api.example.com/", "x"] }],
    ["audience", {}, { aud: [] }],
    ["claims.sub", { claims: { sub: "repo:other/*" } }, {}],
    ["claims.environment", { claims: { sub: "repo:acme/*", environment: "prod" } }, {}],
    ["claims.toString", { claims: { toString: "*" } }, {}],
    ["claims", { claims: {} }, {}],
  ])("is refused by the rule %s", (rule, own, token) => {
    const choice = choosePolicy([policy(own)], { ...claims(), ...token });
    expect(choice).toEqual({ refusals: [{ workload: "nightly", rule }] });
  });

  test("only policies of the token's issuer are candidates, and of these the one that the request names", () => {
    const other = policy({ name: "other", issuer: "https://issuer.other.example" });
    const policies = [policy(), policy({ name: "deploy" }), other];
    expect(candidatesOf(policies, ISSUER, undefined).map(({ name }) => name)).toEqual(["nightly", "deploy"]);
    expect(candidatesOf(policies, ISSUER, "deploy").map(({ name }) => name)).toEqual(["deploy"]);
    expect(candidatesOf(policies, ISSUER, "other")).toEqual([]);
  });

  test("a request gets the policy's scopes or some of them, and never another", () => {
    expect(scopesFor(policy(), undefined)).toEqual(["generate"]);
    expect(scopesFor(policy({ scopes: ["read", "generate"] }), " read ")).toEqual(["read"]);
    expect(scopesFor(policy({ scopes: ["read"] }), "read generate")).toBeUndefined();
    expect(scopesFor(policy(), "admin")).toBeUndefined();
  });

  test("a key lives as long as the policy says, 15 minutes at most, and no longer than its token", () => {
    const now = 1_000_000_000_000;
    expect(keySeconds(policy(), 1_000_003_600, now)).toBe(900);
    expect(keySeconds(policy({ ttlSeconds: 60 }), 1_000_003_600, now)).toBe(60);
    expect(keySeconds(policy({ ttlSeconds: 86_400 }), 1_000_003_600, now)).toBe(900);
    expect(keySeconds(policy(), 1_000_000_120, now + 500)).toBe(119);
    expect(keySeconds(policy(), 1_000_000_000, now)).toBe(0);
  });
});

describe("the key of a workload", () => {
  const now = new Date("2026-06-01T12:00:00.000Z");
  const own = policy({ models: ["tiny"], addresses: ["10.0.0.0/8"], plan: "ci", maxPriority: "batch", projectId: "p" });

  test("has the policy's limits, expires, and belongs to a service account of the policy's name", () => {
    const subject = `repo:acme/${"x".repeat(200)}`;
    const { item } = workloadKey({ policy: own, subject, scopes: ["read"], seconds: 300, now });
    expect(item).toMatchObject({
      name: `nightly: ${subject}`.slice(0, 100),
      plan: "ci",
      maxPriority: "batch",
      projectId: "p",
      owner: { type: "service_account", id: "nightly" },
      models: ["tiny"],
      addresses: ["10.0.0.0/8"],
      scopes: ["read"],
      expiresAt: "2026-06-01T12:05:00.000Z",
    });
  });

  test("has no half of a letter in its name where a long subject is cut", () => {
    const subject = "🙂".repeat(100);
    const { item } = workloadKey({ policy: policy(), subject, scopes: ["read"], seconds: 300, now });
    expect(item.name).toContain("nightly: 🙂🙂");
    expect([item.name.isWellFormed(), item.name.length <= 100]).toEqual([true, true]);
  });

  test("works until its expiry for what it is for, and for nothing else", () => {
    const { secret, item } = workloadKey({ policy: own, subject: "s", scopes: ["read"], seconds: 300, now });
    const at = (ms: number) => now.getTime() + ms;
    const use = { scope: "read", model: "tiny", address: "10.1.2.3" } as const;
    expect(checkKey(secret, item, use, at(299_999))).toBeUndefined();
    expect(checkKey(secret, item, use, at(300_000))).toBe("invalid");
    expect(checkKey(secret, item, { ...use, scope: "generate" }, at(0))).toBe("scope");
    expect(checkKey(secret, item, { ...use, model: "other" }, at(0))).toBe("model");
  });

  test("records beside it have the form of a revoked key, and an id by what they are about", () => {
    const record = exchangeRecord("subject-token", "a.b", now, 1_780_000_000);
    expect(record).toMatchObject({ keyId: recordId("subject-token", "a.b"), revokedAt: now.toISOString() });
    expect(record.keyId).toMatch(/^[a-z2-7]{12}$/);
    expect(recordId("failed-exchanges", "a.b")).not.toBe(record.keyId);
  });
});
