import type { Price } from "../../catalog/prices/price.ts";
import type { PriceSource } from "../../catalog/prices/price-sources.ts";
import type { PricesOnFile, ServicePrice } from "../../catalog/prices/prices-on-file.ts";
import { FALLBACK_REGION } from "../../catalog/prices/region-prices.ts";
import { REGIONS, type RegionId } from "../../catalog/regions.ts";

/** The linter's longest line. */
const LINE = 120;

/** The text of `catalog/prices/<region>.ts`, formatted as the linter does. */
export function pricesFileText(region: RegionId, { instances, services, valkeyNodes }: PricesOnFile): string {
  const hours: readonly Price[] = [...Object.values(instances), ...Object.values(valkeyNodes)];
  const sources = [...new Map(hours.map((price) => [sourceKey(price), price])).values()];
  const nameOf = (price: Price) =>
    `SOURCE_${1 + sources.findIndex((source) => sourceKey(source) === sourceKey(price))}`;
  // The region whose prices stand in for others' has no gap, and its type says so.
  const type = region === FALLBACK_REGION ? "WholePrices" : "PricesOnFile";
  const functions = [
    ...(hasEntries(instances) ? ["instanceHours"] : []),
    ...(hasEntries(valkeyNodes) ? ["nodeHours"] : []),
  ];
  return [
    `import type { PriceSource } from "./price-sources.ts";`,
    `import { ${[...functions, `type ${type}`].join(", ")} } from "./prices-on-file.ts";`,
    "",
    ...sources.flatMap((price) => [`const ${nameOf(price)}: PriceSource = {`, ...sourceLines(price, "  "), "};"]),
    "",
    `/** On-demand list prices of ${REGIONS[region].displayName}, without free tiers; \`sluice prices update\` writes this file. */`,
    `export const ${region.toUpperCase().replaceAll("-", "_")}: ${type} = {`,
    ...block("instances", hourLines("instanceHours", instances, nameOf)),
    ...block("services", Object.entries(services).flatMap(serviceLines)),
    ...block("valkeyNodes", hourLines("nodeHours", valkeyNodes, nameOf)),
    "};",
    "",
  ].join("\n");
}

function hasEntries(prices: object): boolean {
  return Object.keys(prices).length > 0;
}

function block(name: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [`  ${name}: {},`] : [`  ${name}: {`, ...lines, "  },"];
}

/** The hours of each source, in the order of the catalogue. */
function hourLines(
  call: string,
  prices: Readonly<Partial<Record<string, Price>>>,
  nameOf: (price: Price) => string,
): readonly string[] {
  const entries = Object.entries(prices).flatMap(([id, price]) => (price ? [{ id, price }] : []));
  return [...Map.groupBy(entries, ({ price }) => nameOf(price))].flatMap(([source, group]) => [
    `    ...${call}(${source}, {`,
    ...group.map(({ id, price }) => `      ${JSON.stringify(id)}: ${price.usd},`),
    "    }),",
  ]);
}

function serviceLines([name, { usd, above = [], ...source }]: [string, ServicePrice]): readonly string[] {
  const ranges = above.map((range) => `{ amount: ${range.amount}, usd: ${range.usd} }`);
  const several = ["      above: [", ...ranges.map((range) => `        ${range},`), "      ],"];
  return [
    `    ${name}: {`,
    `      usd: ${usd},`,
    ...(ranges.length > 1 ? several : ranges.map((range) => `      above: [${range}],`)),
    ...sourceLines(source, "      "),
    "    },",
  ];
}

function sourceLines({ source, date }: PriceSource, indent: string): readonly string[] {
  const flat = `${indent}source: ${JSON.stringify(source)},`;
  const lines = flat.length > LINE ? [`${indent}source:`, `${indent}  ${JSON.stringify(source)},`] : [flat];
  return [...lines, `${indent}date: ${JSON.stringify(date)},`];
}

function sourceKey({ source, date }: PriceSource): string {
  return `${date} ${source}`;
}
