import { describe, expect, test } from "vitest";
import type { PeopleSettings } from "../contracts/processes/people.ts";
import type { WorkloadPolicy } from "../contracts/processes/workloads.ts";
import type { Environment } from "../settings/environment.ts";
import { loadEnvironment } from "./load.ts";
import { peopleProblems } from "./people-rules.ts";
import { validateEnvironment } from "./validate.ts";

const dev = await loadEnvironment("dev");
const ISSUER = "https://login.example.com";
const DIRECTORY = "https://login.microsoftonline.com/0a1b2c3d-0000-4000-8000-000000000000/v2.0";

const settings = (own: object = {}) => ({ issuer: ISSUER, clientId: "sluice-cli", ...own });
const withPeople = (people: unknown, api: Partial<Environment["api"]> = {}) => ({
  ...dev,
  api: { ...dev.api, controlApi: true, ...api },
  identity: { workloads: [], people },
});
const problemsOf = (
  own: Partial<PeopleSettings>,
  api: Partial<Environment["api"]> = {},
  workloads: readonly WorkloadPolicy[] = [],
) =>
  peopleProblems({ ...withPeople(null, api), identity: { workloads, people: settings(own), userPool: null } }).map(
    ({ path, rule, remedy }) => `${path}: ${rule}; ${remedy}`,
  );
const messageOf = (people: unknown, api: Partial<Environment["api"]> = {}) => {
  try {
    validateEnvironment(withPeople(people, api), "environments/dev.ts");
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

describe("identity.people", () => {
  test("is null by default", () => expect(dev.identity.people).toBeNull());

  test("with the least, and with everything, is accepted", () => {
    const all = settings({
      jwksUri: `${ISSUER}/keys`,
      audience: "sluice-cli",
      userClaim: "preferred_username",
      organization: "acme",
      admit: { domains: ["acme.example"], projectIds: ["proj_1m3250v01ffjhh9kv9vs41k56"] },
      plan: "standard",
      ttlSeconds: 60,
      accessTokens: { audience: "https://api.example.com" },
    });
    expect(messageOf(settings())).toBe("");
    expect(messageOf(settings({ admit: "invited" }))).toBe("");
    expect(messageOf(settings({ issuer: "local" }))).toBe("");
    expect(messageOf(all)).toBe("");
  });

  test.each<[string, object]>([
    ["identity.people.issuer: must be an https address", { issuer: "http://login.example.com" }],
    ["identity.people.clientId", { clientId: "" }],
    ["identity.people.ttlSeconds: must be at most 900, got 3600", { ttlSeconds: 3600 }],
    ["identity.people.organization: must be 1 to 40 of", { organization: "Acme Ltd" }],
    ["identity.people.clientSecret: is not a known setting", { clientSecret: "x" }],
    ["identity.people.admit", { admit: { domains: [] } }],
    ["identity.people.admit", { admit: { domains: ["*.example.com"] } }],
    ["identity.people.admit", { admit: "everybody" }],
    ["identity.people.admit", { admit: { domains: ["acme.example"], projectIds: ["search"] } }],
  ])("a file with %s is refused with field and rule", (message, own) =>
    expect(messageOf(settings(own))).toContain(message),
  );

  test("needs the control API, keys and a plan that is there", () => {
    expect(messageOf(settings(), { controlApi: false })).toContain(
      "api.controlApi: must be true where identity.people is set: users and their projects are the control API's, got false; " +
        "set it to true, or identity.people to null",
    );
    expect(problemsOf({}, { auth: "off" })).toEqual([
      expect.stringMatching(/^identity\.people: must be null when api\.auth is off/),
    ]);
    expect(problemsOf({ plan: "gold" })).toEqual([
      expect.stringMatching(/^identity\.people\.plan: must be one of api\.usagePlans/),
    ]);
  });

  test.each([
    ["common", 1],
    ["organizations", 1],
    ["consumers", 1],
    ["9188040d-6c67-4c5b-b112-36a304b66dad", 1],
    ["0a1b2c3d-0000-4000-8000-000000000000", 0],
  ])("Microsoft Entra's issuer of %s has %i problem", (directory, count) => {
    const issuer = `https://login.microsoftonline.com/${directory}/v2.0`;
    expect(problemsOf({ issuer, userClaim: "preferred_username" })).toHaveLength(count);
  });

  test("takes no e-mail claim of Microsoft Entra, which does not say whether it is verified", () => {
    expect(problemsOf({ issuer: DIRECTORY })).toEqual([
      expect.stringMatching(/^identity\.people\.userClaim: must be another claim than email .* "preferred_username"$/),
    ]);
  });

  test("takes the groups of Amazon Cognito from its own claim alone, which no person can write", () => {
    const map = { admins: "group_1m3250v01ffjhh9kv9vs41k56" };
    const issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_A";
    const at = (claim?: string) => problemsOf({ issuer, groups: { map, ...(claim === undefined ? {} : { claim }) } });
    expect(at()).toEqual([expect.stringMatching(/^identity\.people\.groups\.claim: must be "cognito:groups"/)]);
    expect(at("custom:groups")).toHaveLength(1);
    expect(at("cognito:groups")).toEqual([]);
    expect(problemsOf({ groups: { map } })).toEqual([]);
    expect(messageOf(settings({ groups: { map: { admins: "admins" } } }))).toContain("must be the id of a group");
  });

  test("must fit the variables of a function", () => {
    const domains = Array.from({ length: 20 }, (_, index) => `${"x".repeat(180)}${index}.example`);
    expect(problemsOf({ admit: { domains } })).toEqual([
      expect.stringMatching(/^identity: must have at most 3500 bytes as JSON, and has \d{4}/),
    ]);
  });

  test("has another audience than the workloads of its issuer, and the same address of its keys", () => {
    const policy = { name: "job", issuer: ISSUER, audience: "sluice-cli", claims: { sub: "job" } };
    expect(problemsOf({}, {}, [policy])).toEqual([
      expect.stringMatching(/^identity\.workloads\[0\]\.audience: must be another one than that of identity\.people/),
    ]);
    expect(problemsOf({ jwksUri: `${ISSUER}/keys` }, {}, [{ ...policy, audience: "api" }])).toEqual([
      expect.stringMatching(/^identity\.people\.jwksUri: must be the same/),
    ]);
    expect(problemsOf({}, {}, [{ ...policy, audience: "api" }])).toEqual([]);
  });

  test("must not take ID tokens, nor a workload's tokens, for access tokens", () => {
    const policy = { name: "nightly", issuer: ISSUER, claims: { sub: "a" } };
    const at = (audience: string, workloads: readonly WorkloadPolicy[] = []) =>
      problemsOf({ accessTokens: { audience } }, {}, workloads);
    expect(at("https://api.example.com")).toEqual([]);
    expect(at("sluice-cli")).toEqual([
      expect.stringMatching(/^identity\.people\.accessTokens\.audience: must be another one than that of ID tokens/),
    ]);
    expect(at("jobs", [{ ...policy, audience: "jobs" }])).toEqual([
      expect.stringContaining("than that of the workload nightly at the same issuer"),
    ]);
  });

  test("names a user pool of the environment's own exactly where the issuer is it, and nothing that the pool has itself", () => {
    const userPool = { domainPrefix: "acme", mfa: "off", tokenMinutes: 60, refreshDays: 30, callbackUrls: [] } as const;
    const of = (people: PeopleSettings | null, pool: typeof userPool | null) =>
      peopleProblems({ ...withPeople(null), identity: { workloads: [], people, userPool: pool } }).map(
        ({ path, rule }) => `${path}: ${rule}`,
      );
    const cognito = { issuer: "cognito", clientId: "sluice" };
    expect(of(cognito, userPool)).toEqual([]);
    expect(of(null, null)).toEqual([]);
    expect(of(cognito, null)).toEqual([expect.stringContaining("identity.userPool: must be set where")]);
    expect(of(settings(), userPool)).toEqual([expect.stringContaining("identity.userPool: must be null where")]);
    expect(of(null, userPool)).toEqual([expect.stringContaining("identity.userPool: must be null where")]);
    expect(of({ ...cognito, userClaim: "name", accessTokens: { audience: "x", form: "cognito" } }, userPool)).toEqual([
      expect.stringContaining("identity.people.userClaim: must be absent"),
      expect.stringContaining("identity.people.accessTokens.audience: must be the clientId"),
    ]);
  });

  test.each(["aws-sluice", "my-cognito", "-a", "A"])(
    "takes no domain prefix as Cognito refuses it: %s",
    (domainPrefix) => {
      const identity = { workloads: [], people: { issuer: "cognito", clientId: "sluice" }, userPool: { domainPrefix } };
      expect(() => validateEnvironment({ ...withPeople(null), identity }, "environments/dev.ts")).toThrow(
        "identity.userPool.domainPrefix: must be 1 to 63 of",
      );
    },
  );

  test("takes Amazon Cognito's access tokens in Cognito's form alone, whose audience is a client, and no other issuer's in it", () => {
    const issuer = "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_a1B2c3";
    const accessTokens = { audience: "sluice-cli", form: "cognito" } as const;
    expect(problemsOf({ issuer, accessTokens })).toEqual([]);
    expect(problemsOf({ issuer, accessTokens: { audience: "https://api.example.com" } })).toEqual([
      expect.stringContaining('identity.people.accessTokens.form: must be "cognito" at Amazon Cognito'),
    ]);
    expect(problemsOf({ accessTokens })).toEqual([
      expect.stringContaining('identity.people.accessTokens.form: must be "rfc9068" at other issuers'),
    ]);
  });

  test("lets nobody read all projects, or choose the own address, where everybody comes in", () => {
    const any = { domains: "any", role: "member" } as const;
    expect(problemsOf({ admit: any })).toEqual([]);
    expect(problemsOf({ admit: { domains: "any" }, userClaim: "preferred_username" })).toEqual([
      expect.stringContaining('identity.people.admit.role: must be "member" where everybody comes in'),
      expect.stringContaining("identity.people.userClaim: must be email where everybody comes in"),
    ]);
    expect(problemsOf({ admit: { ...any, ownProject: { tier: "gold", creditDays: 3 } } })).toEqual([
      expect.stringContaining("identity.people.admit.ownProject.tier: must be one of the tiers of api.tiers"),
      expect.stringContaining("identity.people.admit.ownProject.creditDays: must be absent without creditUsd"),
    ]);
  });
});
