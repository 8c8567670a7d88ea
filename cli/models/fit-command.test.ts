import { describe, expect, test } from "vitest";
import { MODEL_IDS } from "../../catalog/models.ts";
import { modelsCommand } from "./models-command.ts";

async function run(...args: readonly string[]): Promise<string> {
  const printed: string[] = [];
  const command = modelsCommand({
    print: (text) => void printed.push(text),
    variable: () => undefined,
    addedFile: "none",
  });
  for (const each of command.commands) each.exitOverride().configureOutput({ writeErr: () => {} });
  await command.parseAsync(args, { from: "user" });
  return printed.join("\n");
}

const rowsOf = (text: string) => text.split("\n").filter((line) => /^(g|p)\w*\S*\.\S+ /.test(line));

describe("sluice models fit", () => {
  // documented: models-fit
  test("lists the instance types that hold a model, cheapest first, with what they serve and the assumptions", async () => {
    const text = await run("fit", "qwen3-8b");
    expect(text).toMatch(
      /^Qwen3 8B in us-east-1: 8\.19 billion parameters, 15\.26 GiB in bf16, context 40,960 tokens, Apache-2\.0$/m,
    );
    expect(text).toMatch(/Assumed: requests of 300 \+ 200 tokens, engines busy 40 % .*nothing of it was measured\./);
    const rows = rowsOf(text).map((line) => line.split(/ {2,}/));
    expect(rows.length).toBeGreaterThan(20);
    const hours = rows.map((row) => Number(row[5]));
    expect(hours).toEqual(hours.toSorted((a, b) => a - b));
    expect(rows[0]).toEqual(["g4dn.xlarge", "awq", "1", "40,960", "92", "0.53", expect.any(String)]);
    const whole = rows.find((row) => row[0] === "g6e.xlarge" && row[1] === "bf16");
    expect(whole).toEqual(["g6e.xlarge", "bf16", "1", "40,960", "128", "1.86", expect.any(String)]);
  });

  test("has the region's prices, and names the types that have none there", async () => {
    const text = await run("fit", "llama-3.3-70b-instruct", "--region", "eu-west-1");
    expect(text).toMatch(/^p4d\.24xlarge +bf16 +8 +131,072 +128 +23\.72 /m);
    expect(text).toMatch(/no price on file in eu-west-1, perhaps because EC2 has none there: .*p5\.48xlarge/);
    expect(rowsOf(text).some((line) => line.startsWith("p5.48xlarge"))).toBe(false);
  });

  test("more use makes a token cheaper, and a larger prompt makes fewer sequences", async () => {
    const perMillion = async (...options: readonly string[]) =>
      JSON.parse(await run("fit", "qwen3-8b", "--json", ...options)).find(
        (each: { instanceType: string; format: string }) => each.instanceType === "g5.xlarge" && each.format === "awq",
      );
    const [busy, idle, long] = [
      await perMillion("--busy", "0.8"),
      await perMillion("--busy", "0.2"),
      await perMillion("--prompt-tokens", "8000"),
    ];
    expect(idle.usdPerMillionTokens).toBeCloseTo(4 * busy.usdPerMillionTokens, 6);
    expect(long.sequences).toBeLessThan(busy.sequences);
  });

  test.each(MODEL_IDS)("%s is held by some instance type of us-east-1", async (model) => {
    expect(rowsOf(await run("fit", model)).length).toBeGreaterThan(0);
  });

  test.each([
    [["fit", "gpt-9"], /no model "gpt-9" in the catalogue; sluice models list/],
    [["fit", "qwen3-8b", "--region", "mars-1"], /no region "mars-1" in the catalogue; known are us-east-1/],
    [["fit", "qwen3-8b", "--busy", "0"], /above 0 and at most 1/],
  ])("%j is refused in one line", async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });

  test("list shows every model", async () => {
    const text = await run("list");
    for (const id of MODEL_IDS) expect(text).toMatch(new RegExp(`^${id.replaceAll(".", "\\.")} `, "m"));
  });
});
