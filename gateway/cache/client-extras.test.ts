import { describe, expect, test } from "vitest";
import { clientExtras } from "./client-extras.ts";

const messages = (fields: object, betas?: string) =>
  clientExtras({ dialect: "messages", fields: { model: "m", max_tokens: 1, messages: [], ...fields }, betas });

describe("fields of Messages for Anthropic's own service", () => {
  test("is nothing where the translation says all of it, so that clients of other dialects share the response", () => {
    const cache_control = { type: "ephemeral" };
    const tools = [{ name: "a", input_schema: {} }];
    expect(messages({ cache_control, tools, metadata: { user_id: "u" }, container: null })).toBe("");
    expect(clientExtras({ dialect: "responses", fields: { context_management: [] }, betas: undefined })).toBe("");
    expect(clientExtras(undefined)).toBe("");
  });

  test.each([
    { context_management: { edits: [] } },
    { mcp_servers: [{ url: "https://example.com" }] },
    { tools: [{ type: "web_search_20250305", name: "web_search" }] },
  ])("separates a request with %j", (fields) => {
    expect(messages(fields)).not.toBe("");
  });

  test("separates betas", () => {
    expect(new Set([messages({}), messages({}, "a"), messages({}, "b")]).size).toBe(3);
  });
});
