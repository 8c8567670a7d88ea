import { describe, expect, onTestFinished, test, vi } from "vitest";
import { LogBuffer } from "./log-buffer.ts";

function batch() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const sent: string[] = [];
  return { sent, lines: new LogBuffer((text) => sent.push(text)) };
}

describe("lines of the log", () => {
  test("of one moment go out together, in their order", () => {
    const { sent, lines } = batch();
    lines.write("a\n");
    vi.advanceTimersByTime(49);
    lines.write("b\n");
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(["a\nb\n"]);
    lines.write("c\n");
    vi.advanceTimersByTime(50);
    expect(sent).toEqual(["a\nb\n", "c\n"]);
  });

  test("of a burst do not wait until the moment is over, and none is sent twice", () => {
    const { sent, lines } = batch();
    const line = `${"x".repeat(40_000)}\n`;
    lines.write(line);
    expect(sent).toEqual([]);
    lines.write(line);
    expect(sent).toEqual([line + line]);
    vi.advanceTimersByTime(1000);
    expect(sent).toHaveLength(1);
  });

  test("are written at once on flush, and an empty buffer writes nothing", () => {
    const { sent, lines } = batch();
    lines.write("a\n");
    lines.flush();
    lines.flush();
    vi.advanceTimersByTime(1000);
    expect(sent).toEqual(["a\n"]);
  });
});
