import type { Difference } from "../../domain/cost/compare.ts";
import { itemCost, OTHER_REGION_FACTOR } from "../../domain/cost/cost-item.ts";
import { type Forecast, itemsOfOtherRegions, type Month, type SpotRange } from "../../domain/cost/forecast.ts";
import type { Usage } from "../../domain/cost/usage.ts";

const BAR_WIDTH = 30;
const TYPE_WIDTH = 26;
const NUMBER_WIDTH = 12;

/** A forecast as text: a row with a bar for each type, totals, and both costs of the access to AWS APIs. */
export function forecastText(forecast: Forecast): string {
  const { byType, total, platform, accessToAws, environment, region, usage } = forecast;
  const most = Math.max(...byType.map(({ expected }) => expected));
  return [
    `${environment} in ${region}, dollars a month at list prices (on demand, without free tiers)`,
    usageText(usage),
    "",
    header("minimum", "expected", "maximum"),
    ...byType.map((row) => `${monthRow(row.type, row)}  ${bar(row.expected, most)}`.trimEnd()),
    monthRow("total", total),
    monthRow("platform without engines", platform),
    "",
    `Access to AWS APIs: interface endpoints cost ${dollars(accessToAws.interfaceEndpoints)} (in the forecast); ` +
      `NAT gateways in the same zones would cost ${dollars(accessToAws.natGateways)}.`,
    ...forecast.spot.map(spotLine),
    ...otherRegionsLine(forecast),
  ].join("\n");
}

function spotLine({ pool, types, cheapest, dearest }: SpotRange): string {
  const range = types === 1 ? dollars(cheapest) : `${dollars(cheapest)} to ${dollars(dearest)}`;
  return (
    `Pool ${pool} on Spot: an instance costs less than ${range} an hour, the price on demand of the ` +
    `${types === 1 ? "type" : `${types} types`} that AWS may launch; minimum and maximum of the GPU instances have this range.`
  );
}

/** One line with the types of the items whose price the region's file lacks. */
function otherRegionsLine(forecast: Forecast): readonly string[] {
  const items = itemsOfOtherRegions(forecast);
  const [first] = items;
  if (!first) return [];
  const { region } = forecast;
  const types = [...new Set(items.map(({ type }) => type))];
  return [
    `Price of ${first.price.ofRegion} used for ${items.length} of ${forecast.items.length} items (--lines marks them), of ` +
      `${types.join(", ")}: catalog/prices/${region}.ts lacks them; the maximum has ${OTHER_REGION_FACTOR} times these prices, as the region's may be higher. ` +
      `sluice prices update --region ${region} reads them from AWS (docs/cost.md).`,
  ];
}

/** Every cost item of a forecast: quantity, price, purpose, and the source of the price. */
export function linesText({ items, fleets }: Forecast): string {
  return items
    .map((item) => {
      const { type, what, quantity, price, fleet } = item;
      const { minInstances, maxInstances } = fleets.find(({ name }) => name === fleet) ?? {};
      const times = minInstances === undefined ? "" : ` for each of ${minInstances} to ${maxInstances}`;
      const units = price.units === 1 ? price.unit : `${price.units.toLocaleString("en-US")} ${price.unit}`;
      const sum = `${rounded(quantity)} × $${price.usd} per ${units} = $${dollars(itemCost(item))}${times}`;
      const ofRegion =
        price.ofRegion === undefined
          ? ""
          : `, price of ${price.ofRegion} used, ${OTHER_REGION_FACTOR} times in the maximum`;
      return `${type}: ${what}\n  ${sum}\n  ${price.source} (${price.date})${ofRegion}`;
    })
    .join("\n");
}

/** One line for each environment, with a mark where another region's prices are used. */
export function overviewText(forecasts: readonly Forecast[]): string {
  const [first] = forecasts;
  return [
    ...(first ? [usageText(first.usage), ""] : []),
    header("minimum", "expected", "maximum"),
    ...forecasts.map((forecast) => {
      const count = itemsOfOtherRegions(forecast).length;
      const mark = count === 0 ? "" : `  price of us-east-1 used for ${count} items`;
      return monthRow(forecast.environment, forecast.total) + mark;
    }),
  ].join("\n");
}

/** The difference between two forecasts, signed. */
export function differenceText(from: string, to: string, { byType, total }: Difference): string {
  if (byType.length === 0) return `${to} costs the same as ${from}.`;
  return [
    `${to} against ${from}, dollars a month`,
    "",
    header("minimum", "expected", "maximum"),
    ...byType.map((row) => monthRow(row.type, row, signed)),
    monthRow("total", total, signed),
  ].join("\n");
}

function usageText({ requestsPerMonth, promptTokens, completionTokens, instanceShare }: Usage): string {
  return (
    `${requestsPerMonth.toLocaleString("en-US")} requests per month of ${promptTokens} + ${completionTokens} tokens; ` +
    `expected: fleets at ${Math.round(100 * instanceShare)} % between minimum and maximum`
  );
}

function header(...names: readonly string[]): string {
  return " ".repeat(TYPE_WIDTH) + names.map((name) => name.padStart(NUMBER_WIDTH)).join("");
}

function monthRow(name: string, { minimum, expected, maximum }: Month, format = dollars): string {
  const numbers = [minimum, expected, maximum].map((value) => format(value).padStart(NUMBER_WIDTH));
  return name.padEnd(TYPE_WIDTH) + numbers.join("");
}

/** A bar of at least an eighth of a block for each cost of a cent or more. */
function bar(value: number, most: number): string {
  if (value < 0.005 || most === 0) return "";
  const eighths = Math.max(1, Math.round((value / most) * BAR_WIDTH * 8));
  return "█".repeat(Math.floor(eighths / 8)) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
}

function dollars(value: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

function signed(value: number): string {
  if (Math.abs(value) < 0.005) return "0.00";
  return value > 0 ? `+${dollars(value)}` : dollars(value);
}

function rounded(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 4 });
}
