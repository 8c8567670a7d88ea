import { describe, expect, test } from "vitest";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { newApiKey } from "../../domain/keys/api-key.ts";
import { FailedKeys, MAX_FAILED_KEYS_PER_MINUTE } from "../../domain/keys/failed-keys.ts";
import { type AuthorizeOptions, authorize } from "./authorize.ts";

const METHOD_ARN = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/POST/v1/completions";
const key = newApiKey();
const item: ApiKeyItem = {
  keyId: key.keyId,
  hash: key.hash,
  name: "test",
  plan: "standard",
  createdAt: "2026-01-01T00:00:00Z",
};

const authorizeHeader = (
  authorization: string | undefined,
  options: Partial<AuthorizeOptions> = {},
  sourceIp?: string,
) =>
  authorize(
    { authorization, methodArn: METHOD_ARN, sourceIp },
    {
      mode: "required",
      planKeys: { anonymous: "identifier-of-anonymous", standard: "identifier-of-standard" },
      findKey: async (keyId) => (keyId === item.keyId ? item : undefined),
      wallClock: Date.now,
      ...options,
    },
  );

describe("the authorizer", () => {
  test("allows a valid key every method of the stage but the operators', under its plan", async () => {
    expect(await authorizeHeader(`Bearer ${key.secret}`)).toEqual({
      principalId: key.keyId,
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Action: "execute-api:Invoke",
            Effect: "Allow",
            Resource: "arn:aws:execute-api:us-east-1:123456789012:abc123/live/*",
          },
          {
            Action: "execute-api:Invoke",
            Effect: "Deny",
            Resource: "arn:aws:execute-api:us-east-1:123456789012:abc123/live/*/admin/*",
          },
        ],
      },
      context: { keyId: key.keyId, plan: "standard" },
      usageIdentifierKey: "identifier-of-standard",
    });
  });

  test("allows a key with the scope admin the operators' methods too", async () => {
    const findKey = async () => ({ ...item, scopes: ["admin" as const] });
    const { policyDocument } = await authorizeHeader(`Bearer ${key.secret}`, { findKey });
    expect(policyDocument.Statement.map(({ Effect }) => Effect)).toEqual(["Allow"]);
  });

  test("rejects a request without a key on the operators' paths, also where a key is optional", async () => {
    const methodArn = "arn:aws:execute-api:us-east-1:123456789012:abc123/live/GET/admin/targets";
    const options = {
      mode: "optional",
      planKeys: { anonymous: "x" },
      findKey: async () => undefined,
      wallClock: Date.now,
    } as const;
    await expect(authorize({ authorization: undefined, methodArn }, options)).rejects.toThrow(/^Unauthorized$/);
  });

  test.each([
    ["a key that is not in the table", `Bearer ${newApiKey().secret}`],
    ["the right id with a wrong secret", `Bearer sk-sl-${key.keyId}-${"A".repeat(43)}`],
    ["text that is no key", "Bearer sk-other"],
    ["another scheme", "Basic dXNlcjpwYXNz"],
  ])("rejects %s with Unauthorized, whether a key is required or not", async (_, authorization) => {
    await expect(authorizeHeader(authorization)).rejects.toThrow(/^Unauthorized$/);
    await expect(authorizeHeader(authorization, { mode: "optional" })).rejects.toThrow(/^Unauthorized$/);
  });

  test("rejects a revoked key with Unauthorized", async () => {
    const findKey = async () => ({ ...item, revokedAt: "2026-02-01T00:00:00Z" });
    await expect(authorizeHeader(`Bearer ${key.secret}`, { findKey })).rejects.toThrow(/^Unauthorized$/);
  });

  test("rejects a request without a key with Unauthorized where one is required", async () => {
    await expect(authorizeHeader(undefined)).rejects.toThrow(/^Unauthorized$/);
  });

  test.each([[undefined], [""], ["  "], ["Bearer"], ["Bearer "]])(
    "puts a request without a key on the anonymous plan: %j",
    async (header) => {
      const response = await authorizeHeader(header, { mode: "optional" });
      expect(response).toMatchObject({ principalId: "anonymous", usageIdentifierKey: "identifier-of-anonymous" });
    },
  );

  test("does not look up text that cannot be a key", async () => {
    const lookedUp: string[] = [];
    const findKey = async (keyId: string) => {
      lookedUp.push(keyId);
      return undefined;
    };
    await expect(authorizeHeader("Bearer sk-other", { findKey })).rejects.toThrow("Unauthorized");
    expect(lookedUp).toEqual([]);
  });

  // documented: failed-keys-authorizer
  test("looks up no key of an address with too many wrong ones in a minute, but for those that worked there", async () => {
    const lookedUp: string[] = [];
    const clock = { now: 1000 };
    const options = {
      failedKeys: new FailedKeys(100),
      now: () => clock.now,
      findKey: async (keyId: string) => {
        lookedUp.push(keyId);
        return keyId === item.keyId ? item : undefined;
      },
    };
    const from = (sourceIp: string, secret: string) => authorizeHeader(`Bearer ${secret}`, options, sourceIp);
    await from("203.0.113.7", key.secret);
    for (let index = 0; index < MAX_FAILED_KEYS_PER_MINUTE; index++)
      await expect(from("203.0.113.7", newApiKey().secret)).rejects.toThrow(/^Unauthorized$/);
    const count = lookedUp.length;
    await expect(from("203.0.113.7", newApiKey().secret)).rejects.toThrow(/^Unauthorized$/);
    expect(lookedUp).toHaveLength(count);
    await from("203.0.113.7", key.secret);
    await expect(from("203.0.113.8", newApiKey().secret)).rejects.toThrow(/^Unauthorized$/);
    expect(lookedUp).toHaveLength(count + 2);
    clock.now += 60_000;
    await expect(from("203.0.113.7", newApiKey().secret)).rejects.toThrow(/^Unauthorized$/);
    expect(lookedUp).toHaveLength(count + 3);
  });

  test("a failing table is an internal failure and not Unauthorized", async () => {
    const findKey = async () => {
      throw new Error("table is gone");
    };
    await expect(authorizeHeader(`Bearer ${key.secret}`, { findKey })).rejects.toThrow("table is gone");
  });

  test("names the plan that a key has and the environment lacks", async () => {
    await expect(authorizeHeader(`Bearer ${key.secret}`, { planKeys: { other: "x" } })).rejects.toThrow(
      /plan "standard", which is not among other; add the plan/,
    );
  });
});
