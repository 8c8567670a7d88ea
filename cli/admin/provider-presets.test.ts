import { describe, expect, test } from "vitest";
import { PROVIDER_PRESETS } from "../../catalog/providers/provider-presets.ts";
import { ProviderName, ProviderSettings } from "../../contracts/targets/target-settings.ts";
import { fileOf, startAdminService } from "../test/admin-service.ts";
import { providersCommand } from "./providers-command.ts";

async function setUp() {
  const service = await startAdminService();
  return { ...service, run: service.cli(providersCommand) };
}
const stored = async (run: (...args: string[]) => Promise<string>, name: string) =>
  JSON.parse(await run("list", "--json")).find((item: { name: string }) => item.name === name);

describe("sluice providers presets", () => {
  test.each([...PROVIDER_PRESETS.keys()])(
    "prints the settings of %s in the form of an environment file",
    async (name) => {
      const { run } = await setUp();
      const settings = JSON.parse(await run("presets", name));
      expect(ProviderName.safeParse(name).success).toBe(true);
      if (PROVIDER_PRESETS.get(name)?.endpoint === null) settings.endpoint = "https://resource.example.com";
      expect(ProviderSettings.safeParse(settings).error?.issues ?? []).toEqual([]);
    },
  );

  test("lists every one with its dialect and address", async () => {
    const { run } = await setUp();
    const lines = (await run("presets")).split("\n");
    expect(lines).toHaveLength(PROVIDER_PRESETS.size + 2);
    expect(lines.find((line) => line.startsWith("groq"))).toMatch(
      /Groq +openai +https:\/\/api\.groq\.com\/openai +openai\/gpt-oss/,
    );
  });
});

describe("sluice providers add --preset", () => {
  // documented: provider-preset-key
  test("asks for the key alone, stores it as a secret of the environment, and gateways read it there", async () => {
    const { run, typed, prompts, secrets } = await setUp();
    typed.push("sk-together-1");
    expect(await run("add", "--preset", "together")).toContain("All gateways use together within 5 s");
    expect(prompts).toEqual(["Key of Together (https://api.together.ai/settings/api-keys), not shown: "]);
    expect(secrets.get("sluice/dev/providers/together")).toBe("sk-together-1");
    const { settings } = await stored(run, "together");
    expect(settings).toMatchObject({
      dialect: "openai",
      endpoint: "https://api.together.xyz",
      credential: { from: "secret", secretId: "sluice/dev/providers/together" },
    });
    expect(Object.keys(settings.models).length).toBeGreaterThan(0);
  });

  test("takes the key from a variable or file, another name, and only the models that are named", async () => {
    const { run, variables, secrets } = await setUp();
    variables.OPENAI_KEY = "sk-1";
    await run("add", "paid", "--preset", "openai", "--provider-key", "env:OPENAI_KEY", "--model", "gpt-4o-mini");
    await run("add", "--preset", "groq", "--provider-key", `file:${fileOf("gsk-2\n")}`);
    expect(secrets.get("sluice/dev/providers/paid")).toBe("sk-1");
    expect(secrets.get("sluice/dev/providers/groq")).toBe("gsk-2");
    expect(Object.keys((await stored(run, "paid")).settings.models)).toEqual(["gpt-4o-mini"]);
  });

  test("leaves the secret as it was when the gateway refuses the settings", async () => {
    const { run, variables, secrets } = await setUp();
    variables.KEY = "sk-1";
    const add = (...more: string[]) => run("add", "--preset", "mistral", "--provider-key", "env:KEY", ...more);
    await expect(add("--max-in-flight", "0")).rejects.toThrow("`maxInFlight` must be at least 1");
    expect(secrets.get("sluice/dev/providers/mistral")).toBeUndefined();
    await add();
    variables.KEY = "sk-2";
    await expect(add()).rejects.toThrow("The provider mistral already exists; add --replace");
    expect(secrets.get("sluice/dev/providers/mistral")).toBe("sk-1");
    await add("--replace");
    expect(secrets.get("sluice/dev/providers/mistral")).toBe("sk-2");
  });

  test("takes the region of another Bedrock", async () => {
    const { run } = await setUp();
    await run("add", "--preset", "bedrock", "--region", "eu-west-1");
    expect((await stored(run, "bedrock")).settings).toMatchObject({
      endpoint: "https://bedrock-runtime.eu-west-1.amazonaws.com",
      region: "eu-west-1",
      credential: { from: "none" },
    });
  });

  test.each([
    [[], /needs a name, or --preset/],
    [["--preset", "nobody"], /--preset must be a provider that Sluice knows, got nobody; use one of openai, /],
    [["--preset", "azure"], /Azure OpenAI has an address for each customer; add --endpoint https:\/\/RESOURCE\./],
    [
      ["--preset", "openrouter"],
      /The preset openrouter has no models of its own; name them with --model NAME,context=/,
    ],
    [["--preset", "openai", "--model", "gpt-0"], /must be a model of the preset openai, got gpt-0; use gpt-/],
    [["--preset", "openai"], /The key of OpenAI can't be typed here; add --provider-key env:NAME or file:PATH/],
    [
      ["--preset", "openai", "--provider-key", "sk-hush"],
      /--provider-key must name the source of the key, not the key/,
    ],
    [
      ["--preset", "openai", "--provider-key", "env:NOWHERE"],
      /There is no key of OpenAI in env:NOWHERE; nothing was changed/,
    ],
    [
      ["--preset", "openai", "--provider-key", "env:SPACED"],
      /must be 1 to 4096 visible ASCII characters without spaces/,
    ],
    [["--preset", "bedrock", "--provider-key", "env:KEY"], /--provider-key is for a preset that takes a key/],
    [["--preset", "openai", "--file", "x.json"], /--file must be the only option with settings, got --preset too/],
  ])("%j is refused in one line with the remedy", async (args, message) => {
    const { run, variables, secrets } = await setUp();
    variables.SPACED = "two words";
    const error = await run("add", ...args).then(
      () => "nothing",
      (thrown: Error) => thrown.message,
    );
    expect(error).toMatch(message);
    expect(error).not.toMatch(/\n|hush|two words/);
    expect(secrets.get("sluice/dev/providers/openai")).toBeUndefined();
  });
});

describe("sluice providers test", () => {
  test("shows what works of a model, in three requests", async () => {
    const { run, provider } = await setUp();
    expect((await run("test", "a")).split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      [expect.stringMatching(/^a responded in \d+ ms and has small\.$/)],
      ["MODEL small"],
      ["chat", "works"],
      ["usage", "works"],
      ["stream", "works"],
      ["stream-usage", "works"],
      ["tools", "works"],
    ]);
    expect(provider.received).toHaveLength(3);
  });

  test("fails with what does not work, and names a model that is none", async () => {
    const { run, provider } = await setUp();
    provider.behaviour.callsTools = false;
    await expect(run("test", "a")).rejects.toThrow("tools of a/small did not work; see above.");
    await expect(run("test", "a", "--model", "big")).rejects.toThrow(/must be a model of a, got "big"; use small/);
  });
});
