import { describe, expect, test } from "vitest";
import type { GenerationRequest } from "../core/generation-request.ts";
import { semanticQuery } from "./semantic-query.ts";

function request(fields: Record<string, unknown>, route: GenerationRequest["route"] = "/v1/chat/completions") {
  const all = { model: "tiny", temperature: 0, ...fields };
  return {
    route,
    model: "tiny",
    tenant: "key:a",
    stream: false,
    wantsUsage: false,
    maxTokens: undefined,
    promptTokensEstimate: 1,
    routedPrompts: new Map(),
    bytes: Buffer.alloc(0),
    fields: all,
  };
}
const user = (content: unknown) => ({ role: "user", content });

describe("the query of a request", () => {
  test("is its last user message; everything else has to be equal", () => {
    const system = { role: "system", content: "Be short." };
    const a = semanticQuery(request({ messages: [system, user(" What is it? ")] }));
    const b = semanticQuery(request({ messages: [system, user("What might it be?")] }));
    expect(a?.text).toBe("What is it?");
    expect(b?.rest).toBe(a?.rest);
    for (const fields of [
      { messages: [user("What is it?")] },
      { messages: [system, user("Hello"), user("What is it?")] },
      { messages: [system, { ...user("What is it?"), name: "Ada" }] },
      { messages: [system, user("What is it?")], max_tokens: 9 },
    ])
      expect(semanticQuery(request(fields))?.rest).not.toBe(a?.rest);
  });

  test.each([
    [{ messages: [user("What is it?")], temperature: 0.1 }],
    [{ messages: [user("What is it?")], temperature: undefined }],
    [{ messages: [user("What is it?")], tools: [{ type: "function" }] }],
    [{ messages: [user("What is it?")], functions: [{ name: "f" }] }],
    [{ messages: [user([{ type: "text", text: "What is it?" }])] }],
    [{ messages: [user("What is it?"), { role: "assistant", content: "It" }] }],
    [{ messages: [user("  ")] }],
    [{ messages: [user("a".repeat(2001))] }],
    [{ messages: "none" }],
  ])("%j has none", (fields) => {
    expect(semanticQuery(request(fields))).toBeUndefined();
  });

  test("is only a chat's", () => {
    expect(semanticQuery(request({ messages: [user("What is it?")] }, "/v1/completions"))).toBeUndefined();
  });
});
