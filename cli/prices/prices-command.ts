import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { PROVIDER_PRESETS } from "../../catalog/providers/provider-presets.ts";
import { REGION_IDS, type RegionId } from "../../catalog/regions.ts";
import { parseJson } from "../../lib/parse-json.ts";
import type { AdminTools } from "../admin/admin-endpoint.ts";
import { namedText } from "../terminal/named-file.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { listedPrices } from "./listed-prices.ts";
import { priceDifferences } from "./price-diff.ts";
import { type ListProducts, PRICE_LIST_REGIONS, type PriceListRegion } from "./price-list.ts";
import { pricesFileText } from "./prices-file.ts";
import { readPublicPrices } from "./public-prices.ts";
import { addTokenPrices } from "./token-prices-command.ts";

/** LiteLLM's price list has 2 MiB. */
const MAX_SOURCE_BYTES = 64 * 1024 * 1024;

export interface PricesTools {
  print(text: string): void;
  /** Folder with a file of prices per region. */
  readonly pricesFolder: string;
  /** The AWS Price List, as it is answered in a region. */
  priceList(region: PriceListRegion): ListProducts;
  now(): Date;
  /** For the prices of a running service. */
  readonly admin: AdminTools;
}

interface UpdateOptions {
  readonly region: readonly RegionId[];
  readonly apiRegion: PriceListRegion;
}

/** `sluice prices list|set|diff|update`: prices of tokens, and the catalogue's prices of AWS. */
export function pricesCommand(tools: PricesTools): Command {
  const prices = new Command("prices").description("prices of tokens, and of regions in the catalogue");
  addTokenPrices(prices, tools);
  prices
    .command("diff <file...>")
    .description("compare the catalogue's token prices with files of public sources: LiteLLM's price list, models.dev")
    .action((files: readonly string[]) => diff(files, tools));
  return prices.addCommand(
    new Command("update")
      .description("read a region's prices from the AWS Price List into catalog/prices/, with your AWS credentials")
      .option("--region <region...>", "the regions; default: all of the catalogue", regions, [])
      .addOption(
        new Option("--api-region <region>", "region whose endpoint of the Price List is called")
          .choices(PRICE_LIST_REGIONS)
          .default(PRICE_LIST_REGIONS[0]),
      )
      .action((options: UpdateOptions) => update(options, tools)),
  );
}

/** @throws {UserError} when a price is not the same in all files, or a file is no source */
function diff(files: readonly string[], tools: PricesTools): void {
  const sources = files.map((file) => {
    const prices = readPublicPrices(parseJson(namedText("The file", file, MAX_SOURCE_BYTES)));
    if (prices !== undefined) return prices;
    throw new UserError(
      `${file} must be LiteLLM's model_prices_and_context_window.json or models.dev's api.json, and has neither form.`,
    );
  });
  const catalogue = new Map(
    [...PROVIDER_PRESETS].flatMap(([provider, { models }]) =>
      Object.entries(models).map(([model, price]) => [`${provider}/${model}`, price] as const),
    ),
  );
  const found = priceDifferences(catalogue, sources);
  if (found.length === 0)
    return tools.print(`The prices of ${catalogue.size} models are the same in all files within 1 %.`);
  tools.print(
    textTable([
      ["TARGET", "PRICE", "CATALOGUE", ...files],
      ...found.map(({ target, kind, catalogue: price, sources: each }) => [
        target,
        kind,
        ...[price, ...each].map((usd) => (usd === undefined ? "-" : String(usd))),
      ]),
    ]),
  );
  throw new UserError(
    `${found.length} prices are not the same in all files within 1 %; look them up on the providers' own pages (\`source\` in catalog/providers/).`,
  );
}

/** Writes no file before all are read, and each in one step. */
async function update({ region: chosen, apiRegion }: UpdateOptions, tools: PricesTools): Promise<void> {
  const products = tools.priceList(apiRegion);
  const date = tools.now().toISOString().slice(0, 10);
  const files: { readonly path: string; readonly text: string; readonly lines: readonly string[] }[] = [];
  for (const region of chosen.length > 0 ? chosen : REGION_IDS) {
    const { prices, listed, problems } = await listedPrices({ region, products, date });
    const path = join(tools.pricesFolder, `${region}.ts`);
    const lines = [
      `${region}: ${listed} prices of ${date} are in ${path}.`,
      ...problems.map((problem) => `  ${problem}.`),
    ];
    files.push({ path, text: pricesFileText(region, prices), lines });
  }
  for (const { path, text, lines } of files) {
    writeWhole(path, text);
    for (const line of lines) tools.print(line);
  }
}

function writeWhole(path: string, text: string): void {
  const unfinished = `${path}.new`;
  try {
    writeFileSync(unfinished, text);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw new UserError(
      `${path} can't be written (${error instanceof Error ? error.message : error}); check its folder.`,
    );
  }
}

function regions(text: string, before: readonly RegionId[]): readonly RegionId[] {
  const region = REGION_IDS.find((id) => id === text);
  if (region === undefined)
    throw new InvalidArgumentError(
      `Known regions are ${REGION_IDS.join(", ")}; add others to catalog/regions.ts first.`,
    );
  return [...before, region];
}
