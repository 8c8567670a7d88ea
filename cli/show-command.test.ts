import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../local/test/tools.ts";
import { showCommand } from "./show-command.ts";

async function shown(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  await showCommand((text) => lines.push(text))
    .exitOverride()
    .parseAsync(args, { from: "user" });
  return lines.join("\n");
}

function shortFile(): string {
  const file = join(temporaryFolder(), "small.ts");
  const input = pathToFileURL(join(import.meta.dirname, "../settings/environment-input.ts")).href;
  writeFileSync(
    file,
    `import { environment } from ${JSON.stringify(input)};
export default environment({
  name: "small",
  region: "us-west-2",
  models: { phi: { model: "phi-3-mini-4k-instruct", instanceType: "g5.xlarge", engineArguments: { "kv-cache-dtype": "fp8" } } },
});
`,
  );
  return file;
}

describe("sluice show", () => {
  test("prints each setting with its value, and the file or the reason of the default", async () => {
    const text = await shown("--environment", shortFile());
    expect(text).toMatch(/^region +"us-west-2" +the file$/m);
    expect(text).toMatch(/^api\.auth +"required" +default: nobody gets in without a key$/m);
    expect(text).toMatch(/^models\.phi\.tensorParallel +1 +default: all GPUs of the instance/m);
  });

  test("prints further arguments of vLLM one by one, and why there are none", async () => {
    expect(await shown("--environment", shortFile())).toMatch(
      /^models\.phi\.engineArguments\.kv-cache-dtype +"fp8" +the file$/m,
    );
    expect(await shown("--environment", "dev")).toMatch(
      /engineArguments +\{\} +default: the catalogue's arguments and vLLM's own/,
    );
  });

  test("--defaults leaves out what the file has, and --json prints the same as data", async () => {
    const list: readonly { readonly path: string; readonly reason?: string }[] = JSON.parse(
      await shown("--environment", shortFile(), "--defaults", "--json"),
    );
    expect(list.map(({ path }) => path)).not.toContain("region");
    expect(list.every(({ reason }) => (reason ?? "").length > 0)).toBe(true);
    expect(list.length).toBeGreaterThan(50);
  });

  test("an unknown environment is an error with the known ones", async () => {
    await expect(shown("--environment", "nope")).rejects.toThrow(/no environment "nope"; known are dev, prod/);
  });
});
