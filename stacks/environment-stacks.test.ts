import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { App } from "cdktf";
import { afterAll, describe, expect, test } from "vitest";
import { lockedProviders, PROVIDERS_LOCK } from "../domain/providers-lock.ts";
import { environmentNames, environmentsFolder, loadEnvironment } from "../environments/load.ts";
import { builtAssets } from "../test-support/built-assets.ts";
import { addresses, synthApp, synthTexts, typeCounts } from "../test-support/synth.ts";
import { synthesizeEnvironment } from "./environment-stacks.ts";
import { STACK_NAMES } from "./stack-settings.ts";

const assets = builtAssets();
afterAll(() => assets.remove());
const environments = await Promise.all(environmentNames().map(loadEnvironment));
const dev = await loadEnvironment("dev");
const prod = await loadEnvironment("prod");
const synth = (environment: typeof dev) => synthApp((app) => synthesizeEnvironment(app, environment, assets));
const devStacks = synth(dev);
const prodStacks = synth(prod);

describe.each(environments.map((environment) => [environment.name, environment] as const))(
  "%s",
  (name, environment) => {
    const stacks = synth(environment);

    test("has every stack, named <environment>-<stack>", () => {
      expect(Object.keys(stacks).sort()).toEqual(STACK_NAMES.map((stack) => `${name}-${stack}`).sort());
    });

    test("two synths are equal to the byte", () => {
      const texts = () => synthTexts((app: App) => synthesizeEnvironment(app, environment, assets));
      expect(texts()).toEqual(texts());
    });

    // documented: locked-providers
    test("every stack requires the providers that environments/tofu.lock.hcl locks, and no other", () => {
      const locked = lockedProviders(readFileSync(join(environmentsFolder(), PROVIDERS_LOCK), "utf8"));
      for (const stack of STACK_NAMES) {
        const required: Readonly<Record<string, { readonly source: string; readonly version: string }>> =
          stacks[`${name}-${stack}`]?.terraform?.required_providers;
        const named = Object.values(required).map(({ source, version }) => `hashicorp/${source} ${version}`);
        expect(named, stack).toEqual(locked);
      }
    });

    test("a named account is the only one that a stack is deployed to", () => {
      const accounts = (changed: typeof environment) =>
        Object.values(synth(changed)).map(({ provider }) => provider?.aws?.[0]?.allowed_account_ids);
      expect(new Set(accounts(environment))).toEqual(new Set([undefined]));
      for (const ids of accounts({ ...environment, account: "123456789012" })) expect(ids).toEqual(["123456789012"]);
    });

    // documented: state-in-s3-with-lock
    test("every stack keeps its state in S3 with a lock table, encrypted, under its own key", () => {
      for (const stack of STACK_NAMES) {
        expect(stacks[`${name}-${stack}`]?.terraform).toMatchObject({
          backend: {
            s3: {
              bucket: environment.state.bucket,
              key: `${name}/${stack}.tfstate`,
              dynamodb_table: environment.state.lockTable,
              encrypt: true,
            },
          },
        });
      }
    });

    test("every stack tags its resources", () => {
      for (const stack of STACK_NAMES) {
        const [provider] = stacks[`${name}-${stack}`]?.provider?.aws ?? [];
        expect(provider).toMatchObject({
          region: environment.region,
          default_tags: [{ tags: { Project: "sluice", Environment: name, Stack: stack, ...environment.tags } }],
        });
      }
    });

    test("remote state is read from the location to which it is written", () => {
      for (const stack of Object.values(stacks)) {
        for (const state of Object.values(stack.data?.terraform_remote_state ?? {})) {
          expect(state).toMatchObject({ backend: "s3", config: { bucket: environment.state.bucket, encrypt: true } });
          expect(state.config.key).toMatch(new RegExp(`^${name}/(network|data|serving|edge)\\.tfstate$`));
        }
      }
    });

    // documented: stack-order
    test("a stack depends only on stacks that are deployed before it", () => {
      for (const [index, stack] of STACK_NAMES.entries()) {
        const states = Object.values(stacks[`${name}-${stack}`]?.data?.terraform_remote_state ?? {});
        const producers = states.map(({ config }) => config.key.split("/")[1].replace(".tfstate", ""));
        expect(STACK_NAMES.slice(0, index)).toEqual(expect.arrayContaining(producers));
      }
    });

    test("holds no path of the machine that synthesized it", () => {
      expect(JSON.stringify(stacks)).not.toMatch(/\/(work|home|tmp|Users)\//);
    });
  },
);

describe("dev and prod", () => {
  // documented: environments-differ-by-file
  test("differ in resources only where the environment file says so", () => {
    // Zones, pools and plans are lists in the file, the shared store may be null; everything else must be the same resources with other values.
    const perItem =
      /_(Public|Gateway|Private)Subnets_[a-f]_|^(.*\.)?Engines_|Alarms_(NoEngine|Saturation|Queue|QueueAge|SlowStart)_|_Readers_|_UsagePlans_|\.UsagePlans_|\.Valkey(_|$)/;
    const common = (stacks: typeof devStacks, name: string) =>
      STACK_NAMES.flatMap((stack) => addresses(stacks[`${name}-${stack}`])).filter((address) => !perItem.test(address));
    expect(common(devStacks, "dev")).toEqual(common(prodStacks, "prod"));
  });

  test("each pool, zone and plan brings the same resources in both", () => {
    const perPool = (counts: Readonly<Record<string, number>>) => counts.aws_launch_template;
    expect(perPool(typeCounts(devStacks["dev-serving"]))).toBe(1 + Object.keys(dev.pools).length);
    expect(perPool(typeCounts(prodStacks["prod-serving"]))).toBe(1 + Object.keys(prod.pools).length);
    expect(typeCounts(prodStacks["prod-network"]).aws_subnet).toBe(3 * prod.zones.length);
    expect(typeCounts(prodStacks["prod-edge"]).aws_api_gateway_usage_plan).toBe(
      Object.keys(prod.api.usagePlans).length,
    );
  });
});

/** One line per resource: a review sees what appears and what disappears. Stateful addresses must never change. */
describe("addresses", () => {
  test.each(Object.entries({ ...devStacks, ...prodStacks }))("of %s are the recorded ones", async (name, stack) => {
    await expect(`${addresses(stack).join("\n")}\n`).toMatchFileSnapshot(`addresses/${name}.txt`);
  });
});

describe("missing build outputs", () => {
  test("a missing page is an error that names the remedy", () => {
    expect(() => synthApp((app) => synthesizeEnvironment(app, dev, { ...assets, site: "/nowhere" }))).toThrow(
      /no built page at \/nowhere.*npm run build/,
    );
  });

  test("a missing bundle is an error that names the remedy", () => {
    expect(() => synthApp((app) => synthesizeEnvironment(app, dev, { ...assets, lambdas: "/nowhere" }))).toThrow(
      /no Lambda bundle at \/nowhere\/drain-engine\.zip.*npm run build/,
    );
  });
});
