import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BLOCK_BYTES, MAX_BLOCKS, PromptHasher } from "./prompt-blocks.ts";

const hasher = new PromptHasher();
const salt = { tenant: "key-1", model: "tiny" };
const blocks = (fields: Record<string, unknown>, own = salt) => hasher.blocks(fields, own);
const user = (content: unknown) => ({ role: "user", content });
const text = (blockCount: number, letter = "x") => letter.repeat(BLOCK_BYTES * blockCount);

/** Blocks that two prompts share, from the first on. */
function shared(one: Record<string, unknown>, other: Record<string, unknown>, otherSalt = salt): number {
  const [a, b] = [blocks(one).keys, blocks(other, otherSalt).keys];
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}

describe("the blocks of a prompt", () => {
  test("are shared up to the first difference, whole blocks only", () => {
    const system = { role: "system", content: text(3) };
    const one = { messages: [system, user(text(2, "a"))] };
    const other = { messages: [system, user(text(2, "b"))] };
    expect(blocks(one).keys).toHaveLength(5);
    expect(shared(one, other)).toBe(3);
  });

  test("are not shared between tenants, models or adapters", () => {
    const prompt = { messages: [user(text(3))] };
    expect(shared(prompt, prompt)).toBe(3);
    expect(shared(prompt, prompt, { ...salt, tenant: "key-2" })).toBe(0);
    expect(shared(prompt, prompt, { ...salt, model: "other" })).toBe(0);
    expect(shared(prompt, prompt, { ...salt, adapter: "a" } as typeof salt)).toBe(0);
  });

  test("are independent of fields outside the prompt, and of the order of fields", () => {
    const messages = [user(text(2))];
    const tools = [{ type: "function", function: { name: "f" } }];
    expect(shared({ tools, messages, temperature: 0 }, { stream: true, messages, tools, user: "u" })).toBe(2);
    expect(shared({ tools, messages }, { messages })).toBe(0);
  });

  test("are the same for a text and for a list of parts with that text", () => {
    const parts = [{ type: "text", text: text(2) }];
    expect(shared({ messages: [user(parts)] }, { messages: [user(text(2))] })).toBe(2);
  });

  test("depend on everything before them", () => {
    const one = blocks({ prompt: text(1, "a") + text(1, "z") }).keys;
    const other = blocks({ prompt: text(1, "b") + text(1, "z") }).keys;
    expect(one[1]).not.toBe(other[1]);
  });

  test("are at most MAX_BLOCKS, however long the prompt is", () => {
    expect(blocks({ prompt: text(MAX_BLOCKS + 10, "é") }).keys).toHaveLength(MAX_BLOCKS);
  });

  test("of one prompt do not depend on the previous prompt", () => {
    const fields = { messages: [user("é".repeat(BLOCK_BYTES * MAX_BLOCKS)), user("x")] };
    const fresh = new PromptHasher().blocks(fields, salt);
    blocks({ prompt: text(MAX_BLOCKS, "q") });
    expect(blocks(fields)).toEqual(fresh);
    blocks({ prompt: "something else" });
    expect(blocks({ prompt: "abc" })).toEqual(new PromptHasher().blocks({ prompt: "abc" }, salt));
  });

  test("are integers below 2^48, and never throw, whatever the body is", () => {
    const anything = fc.oneof(fc.anything({ maxDepth: 3 }), fc.string({ minLength: 600 }));
    const json = anything
      .filter((value) => JSON.stringify(value) !== undefined)
      .map((value) => JSON.parse(JSON.stringify(value)));
    const body = fc.record({ messages: json, tools: json, prompt: json }, { requiredKeys: [] });
    void fc.assert(
      fc.property(body, (fields) => {
        const { keys, affinityKey } = blocks(fields);
        return [...keys, affinityKey].every((key) => Number.isInteger(key) && key >= 0 && key < 2 ** 48);
      }),
    );
  });
});

describe("the affinity key", () => {
  test("is the same for every turn of a conversation", () => {
    const first = [{ role: "system", content: text(1) }, user("Hello, who are you?")];
    const later = [...first, { role: "assistant", content: text(4) }, user("And then?")];
    expect(blocks({ messages: first }).affinityKey).toBe(blocks({ messages: later }).affinityKey);
  });

  test("tells conversations with the same system prompt apart", () => {
    const system = { role: "system", content: text(2) };
    const keys = ["a", "b", "ab", ""].map((content) => blocks({ messages: [system, user(content)] }).affinityKey);
    expect(new Set(keys).size).toBe(4);
  });
});
