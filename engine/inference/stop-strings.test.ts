import { describe, expect, test } from "vitest";
import { StopStrings } from "./stop-strings.ts";
import { TokenText } from "./token-text.ts";

function run(stops: string[], pieces: string[]) {
  const finder = new StopStrings(stops);
  const out: string[] = [];
  for (const piece of pieces) {
    const { text, stopped } = finder.push(piece);
    out.push(text);
    if (stopped) return { out, stopped };
  }
  return { out: [...out, finder.flush()], stopped: false };
}

describe("stop strings", () => {
  test("end the text before themselves, also when they come in pieces", () => {
    expect(run(["END"], ["one E", "N", "D two"])).toEqual({ out: ["one ", "", ""], stopped: true });
  });

  test("hold back no more than what may still become one", () => {
    expect(run(["END"], ["one E", "very", "E"])).toEqual({ out: ["one ", "Every", "", "E"], stopped: false });
  });

  test("the one that begins first wins, whatever the order of the list", () => {
    expect(run(["b", "ab"], ["xaby"])).toEqual({ out: ["x"], stopped: true });
  });

  test("without stop strings everything goes out at once", () => {
    expect(run([], ["a", "b"]).out).toEqual(["a", "b", ""]);
  });
});

describe("token text", () => {
  const decode = (bytes: readonly number[]) => Buffer.from(bytes).toString("utf8");
  const smile = [...Buffer.from("🙂")];

  test("holds incomplete characters back until they are complete", () => {
    const text = new TokenText<number>(decode, []);
    expect([97, ...smile, 98].map((byte) => text.push(byte))).toEqual(["a", "", "", "", "🙂", "b"]);
  });

  test("drops an incomplete character where the text ends", () => {
    const text = new TokenText<number>(decode, []);
    expect(text.push(97)).toBe("a");
    expect(text.push(smile[0]!)).toBe("");
    expect(text.flush()).toBe("");
  });

  test("bytes that never become a character go out after four tokens", () => {
    const text = new TokenText<number>(decode, []);
    const out = [0xff, 0xff, 0xff, 0xff].map((byte) => text.push(byte));
    expect(out.slice(0, 3)).toEqual(["", "", ""]);
    expect(out[3]).toContain("\uFFFD");
  });
});
