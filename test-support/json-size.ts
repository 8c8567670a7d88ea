import { vi } from "vitest";

/**
 * The most characters that one call of `JSON.parse` read, or one of `JSON.stringify` wrote, while this ran. The thread does
 * nothing else meanwhile, and takes 20 to 150 ns for a character; unlike that time, the number is the same on every machine.
 */
export async function longestJson(method: "parse" | "stringify", run: () => unknown): Promise<number> {
  const original = JSON[method] as (...args: readonly unknown[]) => unknown;
  let longest = 0;
  const spy = vi.spyOn(JSON, method).mockImplementation((...args: readonly unknown[]) => {
    const result = Reflect.apply(original, JSON, args);
    const text = method === "parse" ? args[0] : result;
    longest = Math.max(longest, typeof text === "string" ? text.length : 0);
    return result;
  });
  try {
    await run();
    return longest;
  } finally {
    spy.mockRestore();
  }
}
