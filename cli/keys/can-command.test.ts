import { describe, expect, test } from "vitest";
import { OPERATIONS } from "../../contracts/openapi/operations.ts";
import { KEY_SCOPES } from "../../contracts/processes/auth.ts";
import { createKey, type KeyRestrictions } from "../../domain/keys/key-item.ts";
import { subjectLimitsId } from "../../domain/limits/subject-limits.ts";
import { emptyRegistry } from "../test/empty-registry.ts";
import { canCommand } from "./can-command.ts";

const NOW = new Date("2026-06-01T12:00:00.000Z");
const TABLE = { environment: "dev", table: "keys", region: "eu-west-1", plans: ["standard"] };

/** The command on a real keys table with one key in it. */
async function setUp(restrictions: KeyRestrictions = {}) {
  const registry = await emptyRegistry();
  const { item } = createKey({ name: "k", plan: "standard", createdAt: NOW, ...restrictions });
  await registry.add(item);
  const can = async (...args: string[]) => {
    const printed: string[] = [];
    const codes: number[] = [];
    const command = canCommand({
      print: (text) => printed.push(text),
      table: async () => TABLE,
      registry: () => registry,
      now: () => NOW,
      finish: (code) => codes.push(code),
    });
    await command.parseAsync(args, { from: "user" });
    expect(codes).toEqual(printed[0]?.startsWith("refused") ? [1] : []);
    return printed.join("\n");
  };
  return { can, registry, keyId: item.keyId };
}

describe("sluice can", () => {
  // documented: key-decision-explained
  test("names the scope that allows an operation, by its id or by method and path", async () => {
    const { can, keyId } = await setUp();
    expect(await can(keyId, "createChatCompletion")).toBe("allowed: key-has-scope:generate");
    expect(await can(keyId, "POST /v1/chat/completions")).toBe("allowed: key-has-scope:generate");
    expect(await can(keyId, "GET /v1/files/file-1/content")).toBe("allowed: key-has-scope:generate");
    expect(await can(keyId, "GET /health")).toBe("allowed: public");
    expect(await can(keyId, "putRoute")).toBe("refused: key-lacks-scope:admin (403 permission_denied)");
  });

  test("names the rule that refuses: models, addresses, expiry, revocation, and what belongs to another key", async () => {
    const expiresAt = NOW.toISOString();
    const { can, keyId, registry } = await setUp({ models: ["a"], addresses: ["203.0.113.0/24"] });
    expect(await can(keyId, "createMessage", "model:a")).toBe("allowed: key-has-scope:generate");
    expect(await can(keyId, "createMessage", "model:b")).toBe("refused: key-not-for-model:b (404 model_not_found)");
    expect(await can(keyId, "createMessage", "--from", "203.0.114.1")).toBe(
      "refused: key-not-for-address (403 permission_denied)",
    );
    expect(await can(keyId, "getFile", `key:${keyId}`)).toBe("allowed: key-has-scope:generate");
    expect(await can(keyId, "getFile", "key:bcdefghijklm")).toBe("refused: belongs-to-another-key (404 not_found)");
    const expired = await setUp({ expiresAt });
    expect(await expired.can(expired.keyId, "listModels")).toBe("refused: key-expired (401 invalid_api_key)");
    await registry.revoke(keyId, NOW);
    expect(await can(keyId, "listModels")).toBe("refused: key-revoked (401 invalid_api_key)");
    expect(await can("aaaaaaaaaaaa", "listModels")).toBe("refused: key-unknown (401 invalid_api_key)");
  });

  test("refuses a model that the key's project may not use", async () => {
    const { can, registry } = await setUp();
    const { item } = createKey({ name: "p", plan: "standard", createdAt: NOW, projectId: "proj_1" });
    await registry.add(item);
    expect(await can(item.keyId, "createMessage", "model:b")).toBe("allowed: key-has-scope:generate");
    const keyId = subjectLimitsId({ scope: "project", subject: "proj_1" });
    const models = { mode: "deny_list", models: ["b"] };
    await registry.add({ keyId, kind: "limits", limits: [], models } as never);
    expect(await can(item.keyId, "createMessage", "model:b")).toBe(
      "refused: key-not-for-model:b (404 model_not_found)",
    );
    expect(await can(item.keyId, "createMessage", "model:a")).toBe("allowed: key-has-scope:generate");
  });

  test("knows every operation of the API by its id", async () => {
    const { can, keyId } = await setUp({ scopes: ["read"] });
    for (const { operationId, access } of OPERATIONS)
      expect(await can(keyId, operationId)).toMatch(
        access === "read"
          ? /^allowed: key-has-scope:read$/
          : access in KEY_SCOPES
            ? new RegExp(`^refused: key-lacks-scope:${access} `)
            : /^allowed: (public|address-limited)$/,
      );
  });

  test("refuses an unknown operation, resource or address by name", async () => {
    const { can, keyId } = await setUp();
    await expect(can(keyId, "createImage")).rejects.toThrow(/no operation "createImage"; use one of .*listModels/);
    await expect(can(keyId, "listModels", "tiny")).rejects.toThrow(/model:NAME, key:ID or any, got "tiny"/);
    await expect(can(keyId, "listModels", "--from", "here")).rejects.toThrow(/--from .* got "here"/);
  });
});
