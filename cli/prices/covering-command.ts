import { Command } from "commander";
import type { TokenPrice } from "../../contracts/targets/token-prices.ts";
import type { UsageKind } from "../../contracts/usage/usage-counter.ts";
import { type CostOfTokens, coveringPrice } from "../../domain/usage/covering-price.ts";
import type { AdminClient } from "../admin/admin-client.ts";
import {
  type ControlOptions,
  type ControlTools,
  controlClient,
  withControlOptions,
} from "../control/control-endpoint.ts";
import { dollars } from "../control/limit-text.ts";
import { costsOf, usageOf } from "../control/usage-pages.ts";
import { numberOption } from "../terminal/number-option.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { type CoveredModel, operatorClient, setCoveringPrices } from "./set-covering.ts";
import { timeOf } from "./token-price-options.ts";

interface CoveringOptions extends ControlOptions {
  readonly days: string;
  readonly outputWeight: string;
  readonly percent: string;
  readonly set?: boolean;
  readonly from?: string;
  readonly mostChange: string;
  readonly leastTokens: string;
  readonly yes?: boolean;
}

const DAY = 86_400;
const KINDS: readonly UsageKind[] = ["completions", "embeddings", "moderations"];
/** Begin of the descriptions of options that are about prices to be set. */
const WITH_SET = "with --set: ";
/** Days of one page of costs, the most that the API takes. */
const COST_DAYS = 180;

/** `sluice prices covering`: the list price of each model at which its tokens would have paid what they cost; `--set` makes it that of the pool. */
export function coveringCommand(tools: ControlTools): Command {
  return withControlOptions(new Command("covering"))
    .description("show the list price at which each model's tokens would have paid what they cost in the last days")
    .option("--days <number>", "whole days (UTC) before today", "30")
    .option("--output-weight <number>", "how many times as much a completion's token costs as a prompt's", "4")
    .option("--percent <number>", "above the cost", "0")
    .option("--set", "set these prices of pools at run time, with --yes; without it show what would be set")
    .option("--from <time>", `${WITH_SET}requests that begin then or later have them, UTC (default: next midnight)`)
    .option("--most-change <percent>", `${WITH_SET}most change of a price at once, up or down`, "25")
    .option("--least-tokens <number>", `${WITH_SET}tokens without which a price stays as it is`, "100000")
    .option("--yes", `${WITH_SET}store the prices`)
    .action((_: unknown, command: Command) => {
      const options = command.optsWithGlobals<CoveringOptions>();
      const unused = command.options.find(
        (option) =>
          option.description.startsWith(WITH_SET) && command.getOptionValueSource(option.attributeName()) === "cli",
      );
      if (options.set !== true && unused !== undefined)
        throw new UserError(`${unused.long} needs --set: without it prices are shown, and nothing is set.`);
      return covering(options, tools);
    });
}

async function covering(options: CoveringOptions, tools: ControlTools): Promise<void> {
  const days = numberOption("--days", options.days, { least: 1, most: 366, isWhole: true });
  const outputWeight = numberOption("--output-weight", options.outputWeight, { least: 1, most: 100 });
  const percent = numberOption("--percent", options.percent, { least: 0, most: 1000 });
  const today = Math.floor(tools.now() / 1000 / DAY) * DAY;
  const client = controlClient(options, tools);
  const found = await costsOfModels(client, today - days * DAY, today);
  const models = [...found]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([model, of]) => ({ model, ...of, price: coveringPrice(of, { outputWeight, percent }) ?? null }));
  if (options.set === true && (models.length > 0 || options.json === true))
    return await setPrices(models, client, options, tools);
  if (options.json === true) return tools.print(JSON.stringify(models, null, 2));
  if (models.length === 0)
    return tools.print(
      'No model had a cost in these days; give a pool `cost: "amortised"` in the environment file, so that its instances have one.',
    );
  tools.print(
    textTable([
      ["MODEL", "COST", "INPUT TOKENS", "OUTPUT TOKENS", "INPUT USD/M", "OUTPUT USD/M"],
      ...models.map(({ model, costNanoUsd, inputTokens, outputTokens, price }) => [
        model,
        dollars(costNanoUsd),
        String(inputTokens),
        String(outputTokens),
        price === null ? "-" : String(price.inputUsdPerMillion),
        price === null ? "-" : String(price.outputUsdPerMillion),
      ]),
    ]),
  );
}

async function setPrices(
  models: readonly CoveredModel[],
  client: AdminClient,
  options: CoveringOptions,
  tools: ControlTools,
): Promise<void> {
  const now = tools.now();
  const nextDay = new Date((Math.floor(now / 1000 / DAY) + 1) * DAY * 1000).toISOString();
  const from = options.from === undefined ? nextDay : timeOf("--from", options.from);
  const mostPercent = numberOption("--most-change", options.mostChange, { least: 1, most: 100 });
  const leastTokens = numberOption("--least-tokens", options.leastTokens, { least: 1, most: 999_999_999 });
  const apply = options.yes === true;
  const gateway = await operatorClient(client, options.url ?? tools.localUrl() ?? "");
  const done = await setCoveringPrices(gateway, models, { from, mostPercent, leastTokens, apply, now });
  if (options.json === true) return tools.print(JSON.stringify({ from, models: done }, null, 2));
  const cells = (price: TokenPrice | null) =>
    price === null ? ["-", "-"] : [String(price.inputUsdPerMillion), String(price.outputUsdPerMillion)];
  tools.print(
    textTable([
      ["MODEL", "INPUT USD/M", "OUTPUT USD/M", "NEW INPUT", "NEW OUTPUT", "OUTCOME"],
      ...done.map(({ model, before, price, outcome }) => [model, ...cells(before), ...cells(price), outcome]),
    ]),
  );
  if (done.some(({ outcome }) => outcome === "to be set"))
    tools.print(`Nothing was stored; add --yes to set the new prices for requests from ${from} on.`);
}

/** Of models that cost something. Cost of a pool without requests is that of the model with its name. */
async function costsOfModels(
  client: AdminClient,
  start: number,
  end: number,
): Promise<ReadonlyMap<string, CostOfTokens>> {
  const filter = `end_time=${end}`;
  const costs = await costsOf(client, {
    start,
    limit: COST_DAYS,
    groupBy: ["line_item"],
    filter: `${filter}&amount=cost`,
  });
  const found = new Map<string, { costNanoUsd: number; inputTokens: number; outputTokens: number }>();
  for (const { groups, nanoUsd } of costs) {
    const model = groups[0] ?? "";
    const before = found.get(model) ?? { costNanoUsd: 0, inputTokens: 0, outputTokens: 0 };
    if (nanoUsd > 0) found.set(model, { ...before, costNanoUsd: before.costNanoUsd + nanoUsd });
  }
  for (const kind of KINDS)
    for (const { groups, inputTokens, outputTokens } of await usageOf(client, kind, {
      start,
      groupBy: ["model"],
      filter,
    })) {
      const of = found.get(groups[0] ?? "");
      if (of === undefined) continue;
      of.inputTokens += inputTokens;
      of.outputTokens += outputTokens;
    }
  return found;
}
