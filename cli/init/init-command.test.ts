import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadEnvironment } from "../../environments/load.ts";
import { temporaryFolder } from "../../local/test/tools.ts";
import { initCommand } from "./init-command.ts";

/** A folder beside a copy of the one module that a new file imports. */
function environmentsFolder(): string {
  const project = temporaryFolder();
  mkdirSync(join(project, "environments"));
  mkdirSync(join(project, "settings"));
  writeFileSync(
    join(project, "settings/environment-input.ts"),
    "export function environment<T>(input: T): T { return input; }\n",
  );
  return join(project, "environments");
}

async function init(args: readonly string[], replies?: readonly string[], folder = environmentsFolder()) {
  const printed: string[] = [];
  const waiting = [...(replies ?? [])];
  const command = initCommand({
    print: (text) => printed.push(text),
    prompt: async () => waiting.shift() ?? "",
    isInteractive: replies !== undefined,
    priceLines: ({ name }) => [`price of ${name}`],
    environmentsFolder: folder,
  });
  await command.exitOverride().parseAsync([...args], { from: "user" });
  return { text: printed.join("\n"), folder, left: waiting.length };
}

describe("sluice init", () => {
  // documented: init-writes-a-file
  test("writes a file of a few lines from five replies, and shows the month's price", async () => {
    const replies = ["staging", "eu-west-1", "<900", "1", "llm.example.com", "Z0123456789", "oncall@example.com"];
    const { text, folder, left } = await init([], replies);
    expect(left).toBe(0);
    expect(text).toMatch(/environments\/staging\.ts is written: .* in eu-west-1\.\nprice of staging\n/);
    const file = join(folder, "staging.ts");
    expect(readFileSync(file, "utf8").split("\n").length).toBeLessThan(15);
    const environment = await loadEnvironment(file);
    expect(environment).toMatchObject({
      region: "eu-west-1",
      api: { auth: "required", domain: { name: "llm.example.com", hostedZoneId: "Z0123456789" } },
      alarms: { emails: ["oncall@example.com"] },
    });
    expect(Object.keys(environment.pools)).toHaveLength(1);
  });

  test("takes everything as options where there is no terminal", async () => {
    const args = ["--name", "eu", "--region", "eu-central-1", "--model", "phi-3-mini-4k-instruct@g5.xlarge"];
    const { folder } = await init(args);
    const { pools, alarms, api } = await loadEnvironment(join(folder, "eu.ts"));
    expect(pools["phi-3-mini-4k-instruct"]).toMatchObject({ instanceType: "g5.xlarge", minInstances: 1 });
    expect([alarms.emails, api.domain]).toEqual([[], null]);
  });

  const good = ["--name", "eu", "--region", "eu-west-1", "--model", "phi-3-mini-4k-instruct"];
  const without = (option: string) =>
    good.filter((_, index) => index !== good.indexOf(option) && index !== good.indexOf(option) + 1);
  test.each<readonly [readonly string[], RegExp]>([
    [without("--name"), /--name is needed where there is no terminal/],
    [without("--region"), /--region is needed/],
    [without("--model"), /--model is needed/],
    [[...without("--name"), "--name", "My Env"], /--name must be 1 to 20 of a-z, .* got "My Env"/],
    [[...without("--region"), "--region", "mars-1"], /--region must be one of us-east-1.*, got "mars-1"/],
    [[...without("--model"), "--model", "gpt-9"], /There is no model "gpt-9" .* name one of/],
    [[...without("--model"), "--model", "phi-3-mini-4k-instruct@x9.huge"], /There is no instance type "x9\.huge"/],
    [
      [...without("--model"), "--model", "llama-3.3-70b-instruct@g5.xlarge"],
      /instanceType: must hold llama-3\.3-70b[\s\S]*Nothing was written/,
    ],
    [[...good, "--domain", "llm.example.com"], /--hosted-zone is needed/],
    [[...good, "--alarm", "nobody"], /alarms\.emails\[0\]: must be a mail address[\s\S]*Nothing was written/],
  ])("%j is refused, and writes nothing", async (args, message) => {
    const folder = environmentsFolder();
    await expect(init(args, undefined, folder)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("never overwrites a file", async () => {
    const folder = environmentsFolder();
    writeFileSync(join(folder, "eu.ts"), "mine");
    await expect(init(good, undefined, folder)).rejects.toThrow(/environments\/eu\.ts exists already/);
    expect(readFileSync(join(folder, "eu.ts"), "utf8")).toBe("mine");
    expect(existsSync(join(folder, "eu.ts"))).toBe(true);
  });
});
