import { describe, expect, test } from "vitest";
import type { WorkloadPolicy } from "../contracts/processes/workloads.ts";
import type { Environment } from "../settings/environment.ts";
import { loadEnvironment } from "./load.ts";
import { validateEnvironment } from "./validate.ts";
import { workloadProblems } from "./workload-rules.ts";

const dev = await loadEnvironment("dev");
const GITHUB = "https://token.actions.githubusercontent.com";

const policy = (own: Partial<WorkloadPolicy> = {}): WorkloadPolicy => ({
  name: "nightly",
  issuer: GITHUB,
  audience: "https://api.example.com",
  claims: { sub: "repo:acme/*" },
  ...own,
});
const withWorkloads = (workloads: readonly unknown[], api: Partial<Environment["api"]> = {}) => ({
  ...dev,
  api: { ...dev.api, ...api },
  identity: { workloads },
});
const problemsOf = (workloads: readonly WorkloadPolicy[], api: Partial<Environment["api"]> = {}) =>
  workloadProblems({ ...withWorkloads(workloads, api), identity: { ...dev.identity, workloads } }).map(
    ({ path, rule }) => `${path}: ${rule}`,
  );
const messageOf = (workloads: readonly unknown[]) => {
  try {
    validateEnvironment(withWorkloads(workloads), "environments/dev.ts");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe("policies of workloads", () => {
  test("there are none by default", () => {
    expect(dev.identity.workloads).toEqual([]);
  });

  test("a whole one, and one with everything, are accepted", () => {
    const all = policy({
      name: "all",
      jwksUri: "https://token.actions.githubusercontent.com/.well-known/jwks",
      models: Object.keys(dev.pools),
      scopes: ["read"],
      plan: "standard",
      maxPriority: "batch",
      addresses: ["10.0.0.0/8"],
      projectId: "p",
      ttlSeconds: 60,
      reuse: "allowed",
    });
    expect(messageOf([policy()])).toBe("");
    expect(messageOf([all])).toBe("");
  });

  test.each<[string, object]>([
    ["identity.workloads[0].issuer: must be an https address", { issuer: "http://issuer.example.com" }],
    ["identity.workloads[0].issuer: must be an https address", { issuer: "https://issuer.example.com/?a=b" }],
    ["identity.workloads[0].issuer: must be an https address", { issuer: "https://user@issuer.example.com" }],
    ["identity.workloads[0].jwksUri: must be an https address", { jwksUri: "ftp://issuer.example.com" }],
    ["identity.workloads[0].ttlSeconds: must be at most 900, got 3600", { ttlSeconds: 3600 }],
    ["identity.workloads[0].scopes[0]: must be one of read, generate", { scopes: ["admin"] }],
    ["identity.workloads[0].name: must be 1 to 40 of", { name: "Nightly jobs" }],
    ["identity.workloads[0].audience", { audience: "" }],
    ["identity.workloads[0].subject: is not a known setting", { subject: "x" }],
  ])("%s", (message, own) => {
    expect(messageOf([{ ...policy(), ...own }])).toContain(message);
  });

  test("an issuer of this machine may be plain http, for the local stack", () => {
    for (const issuer of ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"])
      expect(messageOf([policy({ issuer })])).toBe("");
  });

  test("claims must fix something", () => {
    const rule = "must fix the start of one claim at least: otherwise every workload of the issuer gets a key";
    for (const claims of [{}, { sub: "*" }, { sub: "*:main", ref: "*" }])
      expect(problemsOf([policy({ claims })])).toEqual([`identity.workloads[0].claims: ${rule}`]);
  });

  test.each<[boolean, WorkloadPolicy["claims"]]>([
    [true, { sub: "repo:acme/*" }],
    [true, { repository_owner_id: "65", ref: "refs/heads/main" }],
    [true, { repository: "acme/*" }],
    [false, { sub: "repo:*" }],
    [false, { sub: "repo:acme*" }],
    [false, { sub: "repo:*/app:ref:refs/heads/main" }],
    [false, { repository_owner: "acme*" }],
    [false, { ref: "refs/heads/main" }],
  ])("for GitHub, where anybody has jobs, an owner must be fixed: %s for %j", (isAccepted, claims) => {
    const rule = "must fix an owner, as token.actions.githubusercontent.com signs tokens for anybody";
    expect(problemsOf([policy({ claims })])).toEqual(isAccepted ? [] : [`identity.workloads[0].claims: ${rule}`]);
  });

  test.each<[boolean, WorkloadPolicy["claims"]]>([
    [true, { hd: "acme.example" }],
    [true, { email: "reports@acme.iam.gserviceaccount.com" }],
    [false, { hd: "acme*" }],
    [false, { azp: "1234567890-example.apps.googleusercontent.com" }],
  ])(
    "for Google, where anybody has an account, a company or an account must be fixed: %s for %j",
    (isAccepted, claims) => {
      const rule = "must fix an owner, as accounts.google.com signs tokens for anybody";
      const google = policy({ issuer: "https://accounts.google.com", claims });
      expect(problemsOf([google])).toEqual(isAccepted ? [] : [`identity.workloads[0].claims: ${rule}`]);
    },
  );

  test("the audience must not be AWS's", () => {
    expect(problemsOf([policy({ audience: "sts.amazonaws.com" })])).toEqual([
      expect.stringMatching(/^identity\.workloads\[0\]\.audience: must not be AWS's own/),
    ]);
  });

  test("there must be keys, the plan and the models, and names must differ", () => {
    expect(problemsOf([policy()], { auth: "off" })).toEqual([
      expect.stringMatching(/^identity\.workloads: must be empty when api\.auth is off/),
    ]);
    expect(problemsOf([policy({ plan: "gold" })])).toEqual([
      expect.stringMatching(/^identity\.workloads\[0\]\.plan: must be one of api\.usagePlans \(/),
    ]);
    expect(problemsOf([policy({ plan: "gold" })], { entry: "alb" })).toEqual([]);
    expect(problemsOf([policy({ models: ["none"] })])).toEqual([
      expect.stringMatching(/^identity\.workloads\[0\]\.models: must be public names of models \(/),
    ]);
    expect(problemsOf([policy(), policy()])).toEqual([
      expect.stringMatching(/^identity\.workloads\[1\]\.name: must be another name/),
    ]);
    const jwksUri = "https://issuer.example.com/keys";
    expect(problemsOf([policy(), policy({ name: "b", jwksUri })])).toEqual([
      expect.stringMatching(/^identity\.workloads\[1\]\.jwksUri: must be the same in all policies of one issuer/),
    ]);
  });

  test("all together must fit the variables of a function", () => {
    const many = Array.from({ length: 30 }, (_, index) => policy({ name: `w${index}` }));
    expect(problemsOf(many)).toEqual([
      expect.stringMatching(/^identity\.workloads: must have at most 3500 bytes as JSON, and has \d{4}/),
    ]);
  });
});
