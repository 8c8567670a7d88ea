import type { Command } from "commander";
import { ProviderSettings } from "../../contracts/targets/target-settings.ts";
import type { TokenPrice, TokenPriceSettings } from "../../contracts/targets/token-prices.ts";
import { priceAt } from "../../domain/targets/target-cost.ts";
import { changeAt } from "../../lib/time/dated-changes.ts";
import { AbsentPath } from "../admin/admin-client.ts";
import { type AdminOptions, type AdminTools, adminClient, withEndpointOptions } from "../admin/admin-endpoint.ts";
import { putSettings, removeStored, storedList } from "../admin/stored-settings.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { FREE, poolPrices, putPoolPrice } from "./pool-prices.ts";
import { type SetPriceOptions, withPrice } from "./token-price-options.ts";

export interface TokenPricesTools {
  print(text: string): void;
  readonly admin: AdminTools;
  now(): Date;
}

/** Adds `sluice prices list`, `set` and `remove`: prices of tokens of pools and providers' models, over the admin API of a running service. */
export function addTokenPrices(prices: Command, tools: TokenPricesTools): void {
  withEndpointOptions(prices.command("list"))
    .description("show what tokens of each pool and provider's model cost now, and which changes are to come")
    .option("--json", "print all as JSON")
    .action((options: AdminOptions & { readonly json?: boolean }) => list(options, tools));
  withEndpointOptions(prices.command("set <target>"))
    .description(
      "set the price of a pool (POOL) or a provider's model (PROVIDER/MODEL), in dollars for a million tokens",
    )
    .requiredOption("--input <dollars>", "of the prompt")
    .requiredOption("--output <dollars>", "of the completion")
    .option("--cached <dollars>", "of what the provider reads from its cache (default: as --input)")
    .option("--cache-write <dollars>", "of what the provider writes to its cache (default: as --input)")
    .option("--reasoning <dollars>", "of reasoning (default: as --output)")
    .option("--from <time>", "requests that begin then or later have it, UTC (default: it replaces the price)")
    .option("--to <time>", "requests that begin then or later have it no more (default: until the next change)")
    .action((target: string, options: AdminOptions & SetPriceOptions) => set(target, options, tools));
  withEndpointOptions(prices.command("remove <pool>"))
    .description("remove the price of a pool that was set at run time; that of the environment file is used again")
    .action((name: string, options: AdminOptions) =>
      removeStored({ client: adminClient(options, tools.admin), kind: "prices", name, tools: tools.admin }),
    );
}

async function list(options: AdminOptions & { readonly json?: boolean }, tools: TokenPricesTools): Promise<void> {
  const client = adminClient(options, tools.admin);
  const providers = await storedList(client, "providers", ProviderSettings);
  const pools = await poolPrices(client).catch(noneOfEarlierRelease);
  const now = tools.now().getTime();
  const models = [
    ...pools.flatMap(({ name, settings }) => (settings === null ? [] : [{ target: name, prices: settings }])),
    ...providers.flatMap(({ name, settings }) =>
      Object.entries(settings.models).map(([model, known]) => ({
        target: `${name}/${model}`,
        prices: pricesOf(known),
      })),
    ),
  ];
  if (options.json === true)
    return tools.print(
      JSON.stringify(
        models.map(({ target, prices }) => ({ target, now: priceAt(prices, now), ...prices })),
        null,
        2,
      ),
    );
  if (models.length === 0)
    return tools.print(
      "No pool has a price and no provider a model; set one with `sluice prices set POOL`, or add one with `sluice providers add NAME`.",
    );
  tools.print(
    textTable([
      ["TARGET", "FROM", "TO", "INPUT", "CACHED", "CACHE WRITE", "OUTPUT", "REASONING"],
      ...models.flatMap(({ target, prices }) => [
        [target, "now", endOf(prices, now), ...shown(priceAt(prices, now))],
        ...(prices.priceChanges ?? [])
          .filter(({ from }) => Date.parse(from) > now)
          .map((change) => [target, change.from, change.to ?? "", ...shown(change)]),
      ]),
    ]),
  );
}

/** Gateways of an earlier release have no prices of pools that change at run time; those of providers' models are shown. */
function noneOfEarlierRelease(error: unknown): [] {
  if (error instanceof AbsentPath) return [];
  throw error;
}

async function set(target: string, options: AdminOptions & SetPriceOptions, tools: TokenPricesTools): Promise<void> {
  const client = adminClient(options, tools.admin);
  const done = (next: TokenPriceSettings) => tools.print(`${target} ${outcome(next, options.from, now)}`);
  const now = tools.now().getTime();
  const pool = target.includes("/") ? undefined : (await poolPrices(client)).find(({ name }) => name === target);
  if (pool !== undefined) {
    const next = withPrice(pool.settings ?? FREE, options, now);
    await putPoolPrice(client, pool, next);
    return done(next);
  }
  const providers = await storedList(client, "providers", ProviderSettings);
  const slash = target.indexOf("/");
  const [name, model] = [target.slice(0, Math.max(0, slash)), target.slice(slash + 1)];
  const settings = providers.find((provider) => provider.name === name)?.settings;
  const known = settings?.models[model];
  if (settings === undefined || known === undefined)
    throw new UserError(
      `There is no model ${target}; \`sluice prices list\` shows the targets: POOL, or PROVIDER/MODEL.`,
    );
  const { contextTokens, capabilities } = known;
  const next = withPrice(pricesOf(known), options, now);
  const models = { ...settings.models, [model]: { contextTokens, capabilities, ...next } };
  await putSettings({ client, kind: "providers", name, settings: { ...settings, models }, replace: true });
  done(next);
}

/** When the price holds, for the last line. */
function outcome({ priceChanges = [] }: TokenPriceSettings, from: string | undefined, now: number): string {
  const holding = from === undefined ? changeAt(priceChanges, now) : undefined;
  if (holding !== undefined)
    return `has that price outside of its changes; the one from ${holding.from} holds now, so write --from to change the price of now.`;
  const since = from === undefined ? "within 5 s" : `for requests from ${from} on`;
  return `has that price ${since}; what was charged before stays as it is.`;
}

type PricedModel = ProviderSettings["models"][string];

function pricesOf({
  contextTokens: _context,
  capabilities: _capabilities,
  ...prices
}: PricedModel): TokenPriceSettings {
  return prices;
}

/** When the price that holds now ends by itself, after which the one beside the changes holds; empty where it does not. */
function endOf({ priceChanges = [] }: TokenPriceSettings, now: number): string {
  return changeAt(priceChanges, now)?.to ?? "";
}

function shown(price: TokenPrice): readonly string[] {
  const { inputUsdPerMillion: input, outputUsdPerMillion: output } = price;
  const cached = price.cachedInputUsdPerMillion ?? input;
  return [input, cached, price.cacheWriteUsdPerMillion ?? input, output, price.reasoningUsdPerMillion ?? output].map(
    String,
  );
}
