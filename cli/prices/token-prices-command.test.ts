import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { PROVIDER_PRESETS } from "../../catalog/providers/provider-presets.ts";
import { ERRORS } from "../../contracts/api/errors.ts";
import type { AdminTools } from "../admin/admin-endpoint.ts";
import { startAdminService } from "../test/admin-service.ts";
import { pricesCommand } from "./prices-command.ts";
import { readPublicPrices } from "./public-prices.ts";

const NOW = new Date("2026-11-29T12:00:00Z");

function command(admin: AdminTools) {
  return pricesCommand({
    print: admin.print,
    admin,
    now: () => NOW,
    pricesFolder: "",
    priceList: () => {
      throw new Error("these commands read no price list");
    },
  });
}

async function setUp() {
  const service = await startAdminService();
  return { ...service, run: service.cli(command) };
}

const lines = (text: string) => text.split("\n").map((line) => line.split(/ {2,}/));

describe("sluice prices set", () => {
  // documented: prices-set
  test("changes a model's price from a time on, and leaves the one before and everything else of the provider", async () => {
    const { run } = await setUp();
    expect(lines(await run("list"))[1]).toEqual(["a/small", "now", "1", "1", "1", "2", "2"]);
    const printed = await run(
      "set",
      "a/small",
      "--input",
      "0.5",
      "--output",
      "3",
      "--cached",
      "0.05",
      "--from",
      "2026-12-01",
    );
    expect(printed).toBe(
      "a/small has that price for requests from 2026-12-01 on; what was charged before stays as it is.",
    );
    await run("set", "a/small", "--input", "0.4", "--output", "3", "--from", "2026-11-29", "--to", "2026-11-30T06:00Z");
    expect(lines(await run("list"))).toEqual([
      ["TARGET", "FROM", "TO", "INPUT", "CACHED", "CACHE WRITE", "OUTPUT", "REASONING"],
      ["a/small", "now", "2026-11-30T06:00:00.000Z", "0.4", "0.4", "0.4", "3", "3"],
      ["a/small", "2026-12-01T00:00:00.000Z", "0.5", "0.05", "0.5", "3", "3"],
    ]);
    expect(await run("set", "a/small", "--input", "9", "--output", "9")).toBe(
      "a/small has that price outside of its changes; the one from 2026-11-29T00:00:00.000Z holds now, so write --from to change the price of now.",
    );
    const [listed] = JSON.parse(await run("list", "--json"));
    expect(listed).toMatchObject({
      target: "a/small",
      now: { inputUsdPerMillion: 0.4 },
      inputUsdPerMillion: 9,
      priceChanges: [
        { from: "2026-11-29T00:00:00.000Z", to: "2026-11-30T06:00:00.000Z" },
        { cachedInputUsdPerMillion: 0.05 },
      ],
    });
  });

  // documented: pool-prices-set
  test("changes a pool's price from a time on, and `remove` takes it back", async () => {
    const { run } = await setUp();
    await run("set", "tiny", "--input", "0.5", "--output", "2", "--from", "2026-11-29");
    expect(lines(await run("list"))).toContainEqual(["tiny", "now", "0.5", "0.5", "0.5", "2", "2"]);
    expect(await run("remove", "tiny")).toContain(
      "Removed tiny; its declaration in the environment file is used again",
    );
    expect(await run("list")).not.toContain("tiny");
    await expect(run("remove", "tiny")).rejects.toThrow("The price tiny is declared in the environment file");
    await expect(run("remove", "none")).rejects.toThrow("There is no price none; `sluice prices list` shows the names");
  });

  test("of a gateway of an earlier release, which has no prices of pools, lists those of the providers' models", async () => {
    const { cli, url, secret } = await startAdminService();
    const earlier = createServer(async (request, response) => {
      const { message, type } = ERRORS.not_found;
      const absent = { error: { message, type, param: null, code: "not_found" } };
      if (request.url === "/admin/prices") return response.writeHead(404).end(JSON.stringify(absent));
      const passed = await fetch(`${url}${request.url}`, { headers: { authorization: `Bearer ${secret}` } });
      return response.writeHead(passed.status).end(await passed.text());
    });
    await once(earlier.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void earlier.close());
    const run = cli(command, `http://127.0.0.1:${(earlier.address() as AddressInfo).port}`);
    expect(lines(await run("list"))[1]).toEqual(["a/small", "now", "1", "1", "1", "2", "2"]);
    await expect(run("set", "tiny", "--input", "1", "--output", "1")).rejects.toThrow(/nothing at .admin.prices/);
  });

  test.each([
    [
      ["b/small", "--input", "1", "--output", "1"],
      /There is no model b\/small; `sluice prices list` shows the targets/,
    ],
    [["a", "--input", "1", "--output", "1"], /There is no model a;/],
    [
      ["a/small", "--input", "-1", "--output", "1"],
      /--input must be dollars for a million tokens, such as 0.15; got -1/,
    ],
    [["a/small", "--input", "1", "--output", "1", "--to", "2026-12-01"], /--to needs --from/],
    [["a/small", "--input", "1", "--output", "1", "--from", "soon"], /--from must be a date or time in UTC/],
    [["a/small", "--input", "1", "--output", "1", "--from", "2027-02-29"], /--from must be .* got 2027-02-29/],
    [
      ["a/small", "--input", "1", "--output", "1", "--from", "2026-12-02", "--to", "2026-12-01"],
      /priceChanges.*must be after its `from`/s,
    ],
  ])("refuses %j with the rule", async (args, message) => {
    const { run } = await setUp();
    await expect(run("set", ...args)).rejects.toThrow(message);
  });
});

describe("sluice prices diff", () => {
  const models = [...PROVIDER_PRESETS].flatMap(([provider, preset]) =>
    Object.entries(preset.models).map(([model, price]) => ({ provider, model, price })),
  );

  /** Files of all models in the forms of the two sources, with this input price of one OpenAI model in the second. */
  function files(mini: number): readonly [string, string] {
    const folder = mkdtempSync(join(tmpdir(), "sluice-sources-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [liteLlm, modelsDev] = [join(folder, "litellm.json"), join(folder, "models-dev.json")];
    const entries = models.map(({ provider, model, price }) => [
      `${provider}/${model}`,
      {
        litellm_provider: provider,
        input_cost_per_token: price.inputUsdPerMillion / 1e6,
        output_cost_per_token: price.outputUsdPerMillion / 1e6,
        cache_read_input_token_cost: (price.cachedInputUsdPerMillion ?? price.inputUsdPerMillion) / 1e6,
        cache_creation_input_token_cost: (price.cacheWriteUsdPerMillion ?? price.inputUsdPerMillion) / 1e6,
      },
    ]);
    writeFileSync(liteLlm, JSON.stringify({ sample_spec: { mode: "chat" }, ...Object.fromEntries(entries) }));
    const providers = Object.groupBy(models, ({ provider }) => (provider === "gemini" ? "google" : provider));
    const written = Object.entries(providers).map(([provider, own = []]) => {
      const costs = own.map(({ model, price }) => [
        model,
        {
          cost: {
            input: model === "gpt-4o-mini" ? mini : price.inputUsdPerMillion,
            output: price.outputUsdPerMillion,
            cache_read: price.cachedInputUsdPerMillion,
            cache_write: price.cacheWriteUsdPerMillion,
          },
        },
      ]);
      return [provider, { models: Object.fromEntries(costs) }];
    });
    writeFileSync(modelsDev, JSON.stringify(Object.fromEntries(written)));
    return [liteLlm, modelsDev];
  }

  async function diff(...args: readonly string[]): Promise<{ readonly printed: string; readonly error: string }> {
    const printed: string[] = [];
    const admin = { print: (text: string) => printed.push(text) } as unknown as AdminTools;
    const error = await command(admin)
      .parseAsync(["diff", ...args], { from: "user" })
      .then(() => "", String);
    return { printed: printed.join("\n"), error };
  }

  test("finds nothing where two sources have the catalogue's prices within 1 %", async () => {
    const { printed, error } = await diff(...files(0.1514));
    expect(error).toBe("");
    expect(printed).toBe(`The prices of ${models.length} models are the same in all files within 1 %.`);
  });

  test("fails with the model, its price and each source's where one differs by more", async () => {
    const [liteLlm, modelsDev] = files(0.16);
    const { printed, error } = await diff(liteLlm, modelsDev);
    const [, ...rows] = lines(printed);
    expect(rows).toEqual(
      [["openai/gpt-4o-mini", "inputUsdPerMillion", "0.15", "0.15", "0.16"]].concat([
        ["openai/gpt-4o-mini", "cacheWriteUsdPerMillion", "0.15", "0.15", "0.16"],
      ]),
    );
    expect(error).toMatch(/2 prices are not the same in all files within 1 %; look them up/);
  });

  test("refuses a file of another form", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-sources-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, "x.json"), "[1]");
    expect((await diff(join(folder, "x.json"))).error).toMatch(/x\.json must be LiteLLM's .* and has neither form/);
  });
});

test("a source's entry without a price, or with a nonsensical one, is passed over", () => {
  const good = { litellm_provider: "openai", input_cost_per_token: 1.5e-7, output_cost_per_token: 6e-7 };
  const read = readPublicPrices({ a: good, b: { ...good, input_cost_per_token: -1 }, c: { mode: "chat" }, d: 7 });
  expect([...(read ?? [])]).toEqual([["openai/a", { inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6 }]]);
  expect(readPublicPrices({})).toBeUndefined();
});
