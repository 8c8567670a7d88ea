import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { REGION_IDS, type RegionId } from "../../catalog/regions.ts";
import { UserError } from "../terminal/user-error.ts";
import { listedPrices } from "./listed-prices.ts";
import { type ListProducts, PRICE_LIST_REGIONS, type PriceListRegion } from "./price-list.ts";
import { pricesFileText } from "./prices-file.ts";

export interface PricesTools {
  print(text: string): void;
  /** Folder with a file of prices per region. */
  readonly pricesFolder: string;
  /** The AWS Price List, as it is answered in a region. */
  priceList(region: PriceListRegion): ListProducts;
  now(): Date;
}

interface UpdateOptions {
  readonly region: readonly RegionId[];
  readonly apiRegion: PriceListRegion;
}

/** `sluice prices update`: the catalogue's prices, from AWS. */
export function pricesCommand(tools: PricesTools): Command {
  return new Command("prices").description("prices of regions in the catalogue").addCommand(
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
