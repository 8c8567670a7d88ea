import { describe, expect, test } from "vitest";
import { leastTokens } from "./least-tokens.ts";

/** The fewer tokens of OpenAI's `o200k_base` and `cl100k_base` stand beside each text, counted with js-tiktoken 1.0.21. */
const PYTHON = "        return self.assertEqual(response.status_code, 200)\n";

describe("the least tokens of a text", () => {
  test("are half of its words, and no more for spaces, signs and contractions", () => {
    expect(leastTokens("one two three four")).toBe(2);
    expect(leastTokens(`don't ${" ".repeat(1000)} ${"=".repeat(1000)} stop`)).toBe(1);
    expect(leastTokens("")).toBe(0);
  });

  test.each([
    ["Python", PYTHON, 11],
    ["English", "The quick brown fox jumps over the lazy dog.", 10],
    ["Russian", "Быстрая коричневая лиса прыгает через ленивую собаку.", 20],
    ["Chinese", "敏捷的棕色狐狸跳过了懒狗。", 14],
    ["Japanese", "素早い茶色の狐がのろまな犬を飛び越える。", 19],
    ["Korean", "빠른 갈색 여우가 게으른 개를 뛰어넘는다.", 17],
    ["numbers", "1234567890", 4],
  ])("never pass those of a tokenizer, and are over a tenth of them: %s", (_name, text, tokens) => {
    const least = leastTokens(`${text}\n`.repeat(100));
    expect(least).toBeLessThanOrEqual(tokens * 100);
    expect(least).toBeGreaterThan(tokens * 10);
  });

  test("stop being counted where they are enough", () => {
    const long = "word ".repeat(1_000_000);
    expect(leastTokens(long, 100)).toBeLessThan(200);
  });
});
