import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { detokenizeInPieces, piecesOf, tokenizeInPieces } from "./long-text.ts";

/** One token for each word with the white space before it, as vocabularies of BPE cut texts. */
const words = (text: string) => Array.from(text.match(/\s*\S+|\s+$/g) ?? [], (word) => word.length);

describe("a long text", () => {
  test("is the same text in pieces of at most 2,048 characters, whatever is in it", () => {
    void fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom(" ", "\n", "a".repeat(3000), "😀".repeat(1500))),
        ),
        (parts) => {
          const text = parts.join("");
          const pieces = [...piecesOf(text)];
          expect(pieces.join("")).toBe(text);
          expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(2048);
          expect(pieces.some((piece) => /[\ud800-\udbff]$/.test(piece))).toBe(false);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("has the tokens that it has as a whole, where it has words", async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `word${index % 97}`).join("  ");
    expect(await tokenizeInPieces([text], 1e9, words)).toEqual(words(text));
  });

  test("ends at the piece that makes it too long", async () => {
    let read = 0;
    const count = (piece: string) => {
      read += piece.length;
      return words(piece);
    };
    expect(await tokenizeInPieces(["a ".repeat(500_000)], 1000, count)).toBeUndefined();
    expect(read).toBeLessThanOrEqual(2048);
  });

  test("lets other work run between its pieces", async () => {
    let turns = 0;
    const other = setInterval(() => turns++, 1);
    const slow = (piece: string) => {
      const end = performance.now() + 2;
      while (performance.now() < end);
      return words(piece);
    };
    await tokenizeInPieces(["a".repeat(1_000_000)], 1e9, slow);
    clearInterval(other);
    await sleep(1);
    expect(turns).toBeGreaterThan(50);
  });

  test("many short texts give way too", async () => {
    let turns = 0;
    const other = setInterval(() => turns++, 0);
    await tokenizeInPieces(
      Array.from({ length: 2048 }, () => "a".repeat(1000)),
      1e9,
      (text) => {
        const end = performance.now() + 0.2;
        while (performance.now() < end);
        return words(text);
      },
    );
    clearInterval(other);
    expect(turns).toBeGreaterThan(50);
  });
});

test("the text of many tokens is the same in pieces, though a token is part of a character", async () => {
  for (const unit of ["a", "\u00e9", "\u4e2d", "\u{1f600}"]) {
    const text = `b${unit.repeat(20_000)}`;
    const sizes: number[] = [];
    const decoded = await detokenizeInPieces([...Buffer.from(text)], (bytes) => {
      sizes.push(bytes.length);
      return Buffer.from(bytes).toString("utf8");
    });
    expect(decoded === text, unit).toBe(true);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16_387);
  }
});
