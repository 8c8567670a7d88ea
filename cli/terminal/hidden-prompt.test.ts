import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { hiddenPrompt } from "./hidden-prompt.ts";

function terminal() {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const shown: string[] = [];
  output.on("data", (chunk) => shown.push(String(chunk)));
  return { input, output, shown };
}

test("a hidden prompt returns the line and shows nothing of it", async () => {
  const { input, output, shown } = terminal();
  const typed = hiddenPrompt("Key: ", { input, output });
  input.write("sk-hush");
  input.write("\u007fH\r");
  expect(await typed).toBe("sk-husH");
  expect(shown.join("")).toBe("Key: \n");
});

test.each([
  ["Ctrl-C", "\u0003"],
  ["Ctrl-D", "\u0004"],
])("a hidden prompt that is left with %s changes nothing", async (_name, character) => {
  const { input, output } = terminal();
  const typed = hiddenPrompt("Key: ", { input, output });
  input.write(character);
  await expect(typed).rejects.toThrow("The prompt was closed without a key: nothing was changed.");
});
