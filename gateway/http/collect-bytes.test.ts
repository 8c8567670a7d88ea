import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { collectBytes } from "./collect-bytes.ts";

const bodyOf = (...parts: readonly string[]) => Readable.from(parts.map((part) => Buffer.from(part)));

describe("an upstream's answer", () => {
  test("is read to its end, also when it has no byte", async () => {
    expect(String(await collectBytes(bodyOf("ab", "c"), 3))).toBe("abc");
    expect(String(await collectBytes(bodyOf(), 3))).toBe("");
  });

  test("over the limit is not read to its end", async () => {
    const body = bodyOf("ab", "cd", "ef");
    expect(await collectBytes(body, 3)).toBeUndefined();
    expect(body.destroyed).toBe(true);
  });

  test("that breaks off rejects with what broke it", async () => {
    const body = new Readable({ read: () => undefined });
    const read = collectBytes(body, 3);
    body.destroy(new Error("reset"));
    await expect(read).rejects.toThrow("reset");
  });
});
