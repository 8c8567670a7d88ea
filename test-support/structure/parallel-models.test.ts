import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { GatewayConfig } from "../../contracts/processes/gateway-config.ts";
import { EnvironmentSchema } from "../../settings/environment.ts";
import { parallelModelProblem, parallelModels, settingsParts } from "./parallel-models.ts";
import { readSourceTree } from "./source-tree.ts";

/** Types that have the names of settings with a meaning of their own, and why. */
const OWN_MEANING: Readonly<Record<string, string>> = {
  "cli/admin/provider-settings.ts#ProviderOptions": "options of a command line: each is text that is still to be read",
};

const root = join(import.meta.dirname, "../..");
const parts = settingsParts(z.toJSONSchema(EnvironmentSchema, { io: "input", reused: "inline" }));
const models = (text: string) => parallelModels("a/b.ts", text, parts);

/**
 * Settings of `api` that the gateway's configuration has under the same names. It can't take the part itself: contracts/
 * may not import settings/, and a process accepts more than an environment may have (tests and the local stack run with
 * limits that no deployment should have), so its bounds are wider. What has the same bounds is one schema:
 * AuthMode, RouteTimeouts, QueueLimits, KeylessLimits. Of tiers a gateway has the limits alone.
 */
const OF_GATEWAYS = [
  "stage",
  "auth",
  "controlApi",
  "endStreamsOnRevoke",
  "requestsPerMinutePerIp",
  "requestsPerMinutePerIpWithKey",
  "keylessLimits",
  "tiers",
  "trustedAddresses",
  "bodyLimitBytes",
  "corsOrigins",
  "timeouts",
  "routeTimeouts",
  "queue",
];

describe("the one model of an environment", { timeout: 120_000 }, () => {
  test("a gateway's configuration repeats the names of fourteen settings of `api`, and no others of a part", () => {
    const names = Object.keys(GatewayConfig.shape);
    const common = parts
      .filter(({ path }) => path !== "Environment")
      .map(({ path, names: settings }) => [path, names.filter((name) => settings.has(name))] as const)
      .filter(([, repeated]) => repeated.length > 2);
    expect(common, "take the part, or list what is repeated here with its reason").toEqual([
      ["Environment.api", OF_GATEWAYS],
    ]);
  });

  test("no type outside of settings/ writes out a part of the environment", () => {
    const sources = [...readSourceTree(root).keys()].filter(
      (path) => /\.tsx?$/.test(path) && !path.startsWith("settings/"),
    );
    const found = sources.flatMap((path) => parallelModels(path, readFileSync(join(root, path), "utf8"), parts));
    expect(sources.length).toBeGreaterThan(500);
    expect(found.filter(({ id }) => !(id in OWN_MEANING)).map(parallelModelProblem)).toEqual([]);
    const ids = found.map(({ id }) => id);
    expect(
      Object.keys(OWN_MEANING).filter((id) => !ids.includes(id)),
      "these have no names of settings any more: take them out",
    ).toEqual([]);
  });

  test("its parts are found with their settings, inside of lists, records and unions too", () => {
    const names = (path: string) => parts.filter((part) => part.path === path).map((part) => [...part.names].join(" "));
    expect(names("Environment.pools.<name>")).toEqual([expect.stringMatching(/^model instanceType tensorParallel /)]);
    expect(names("Environment.pools.<name>.purchase")).toEqual(["option onDemandBase overrides families"]);
    expect(names("Environment.routes.<name>.targets[]")).toEqual(["provider model weight"]);
    expect(names("Environment.cache.semantic")).toEqual(["embeddingModel threshold maxEntries"]);
  });

  test("a copy of a part is reported with file, type, fields and remedy", () => {
    const copy =
      "interface Pool { readonly model: string; readonly image: string; volumeGiB: number; maxQueued?: number }";
    expect(models(copy).map(parallelModelProblem)).toEqual([
      "a/b.ts#Pool writes out model, image, volumeGiB, maxQueued of Environment.pools.<name> (settings/environment.ts), a " +
        "second model that can differ; take the part itself, or extend a Pick of it",
    ]);
    expect(models("type Plan = { requestsPerSecond: number; burst: number; requestsPerMonth: number }")).toHaveLength(
      1,
    );
    expect(
      models(`function f(pool: { warmPool: null; image: string; volumeGiB: number; maxQueued: number }) {}`),
    ).toEqual([expect.objectContaining({ id: "a/b.ts#f" })]);
  });

  test("what is taken from the model is no copy, and few common names are none", () => {
    expect(models("interface Pool extends PoolSettings { readonly name: string; readonly image: string }")).toEqual([]);
    const indexed = ["model", "image", "volumeGiB", "maxQueued"].map((name) => `${name}: PoolSettings["${name}"]`);
    expect(models(`interface Pool { ${indexed.join("; ")} }`)).toEqual([]);
    expect(models("interface Pool { model: string; image: string; volumeGiB: number; host: string }")).toEqual([]);
  });
});
