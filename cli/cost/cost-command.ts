import { Command, InvalidArgumentError } from "commander";
import { compareForecasts } from "../../domain/cost/compare.ts";
import type { CostEnvironment } from "../../domain/cost/cost-environment.ts";
import { type Forecast, forecast } from "../../domain/cost/forecast.ts";
import { DEFAULT_USAGE, type Usage } from "../../domain/cost/usage.ts";
import { UserError } from "../terminal/user-error.ts";
import { differenceText, forecastText, linesText, overviewText } from "./forecast-text.ts";

export interface CostTools {
  print(text: string): void;
  environmentNames(): readonly string[];
  /** @throws when the environment does not exist, or is not valid */
  environment(name: string): Promise<CostEnvironment>;
  /** @throws {UserError} when the commit does not exist, or has no such environment */
  environmentAt(commit: string, name: string): Promise<CostEnvironment>;
  /** Writes the synthesized environments for Infracost. Returns the paths as a line to print. */
  exportForInfracost(): Promise<string>;
}

interface CostOptions {
  readonly environment?: string;
  readonly against?: string;
  readonly commit?: string;
  readonly requests?: number;
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly visits?: number;
  readonly share?: number;
  readonly lines?: true;
  readonly heldShare?: number;
  readonly json?: true;
  readonly infracost?: true;
}

/** `sluice cost`: forecasts a month's cost before anything is created. */
export function costCommand(tools: CostTools): Command {
  const { requestsPerMonth, promptTokens, completionTokens, siteVisitsPerMonth, instanceShare } = DEFAULT_USAGE;
  return new Command("cost")
    .description("forecast a month's cost, or the difference to another environment or commit")
    .option("--environment <name>", "the environment; default: one line for each environment")
    .option("--against <name>", "show the difference to this environment")
    .option("--commit <revision>", "show the difference to the same environment at a commit")
    .option("--requests <number>", `requests per month (default ${requestsPerMonth})`, amount)
    .option("--prompt-tokens <number>", `mean prompt in tokens (default ${promptTokens})`, amount)
    .option("--completion-tokens <number>", `mean completion in tokens (default ${completionTokens})`, amount)
    .option("--visits <number>", `visits of the demo page per month (default ${siteVisitsPerMonth})`, amount)
    .option(
      "--share <0 to 1>",
      `mean size of fleets between minimum (0) and maximum (1) (default ${instanceShare})`,
      share,
    )
    .option("--held-share <0 to 1>", "share of the files of batches that a legal hold is on (default 0)", share)
    .option("--lines", "list every cost item with quantity, price and source")
    .option("--json", "print the forecast as JSON")
    .option(
      "--infracost",
      "write Infracost's files of every environment into cdktf.out/infracost, from the synthesized stacks",
    )
    .action((options: CostOptions) => cost(options, tools));
}

async function cost(options: CostOptions, tools: CostTools): Promise<void> {
  const { environment: name, against, commit, json } = options;
  if (options.infracost) return tools.print(await tools.exportForInfracost());
  const usage = usageOf(options);
  const show = (value: unknown, text: string) => tools.print(json ? JSON.stringify(value, undefined, 2) : text);
  const forecastOf = async (other: string) => forecastFor(await loaded(() => tools.environment(other)), usage);
  if (against !== undefined && commit !== undefined)
    throw new UserError("--against and --commit can't be combined; use one of them.");
  if (name === undefined) {
    if (against !== undefined || commit !== undefined)
      throw new UserError("A comparison needs --environment NAME, the environment to compare.");
    const all = await Promise.all(tools.environmentNames().map(forecastOf));
    return show(all, options.lines ? all.map(linesText).join("\n\n") : overviewText(all));
  }
  const own = await forecastOf(name);
  if (against === undefined && commit === undefined)
    return show(own, options.lines ? linesText(own) : forecastText(own));
  const other =
    against === undefined
      ? forecastFor(await tools.environmentAt(commit ?? "HEAD", name), usage)
      : await forecastOf(against);
  const difference = compareForecasts(other, own);
  show({ from: other, to: own, difference }, differenceText(against ?? `${name} at ${commit}`, name, difference));
}

function usageOf(options: CostOptions): Usage {
  return {
    requestsPerMonth: options.requests ?? DEFAULT_USAGE.requestsPerMonth,
    promptTokens: options.promptTokens ?? DEFAULT_USAGE.promptTokens,
    completionTokens: options.completionTokens ?? DEFAULT_USAGE.completionTokens,
    siteVisitsPerMonth: options.visits ?? DEFAULT_USAGE.siteVisitsPerMonth,
    instanceShare: options.share ?? DEFAULT_USAGE.instanceShare,
    ...(options.heldShare === undefined ? {} : { heldShare: options.heldShare }),
  };
}

function forecastFor(environment: CostEnvironment, usage: Usage): Forecast {
  try {
    return forecast(environment, usage);
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

async function loaded<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
}

function amount(text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ""));
  if (text === "" || !Number.isFinite(value) || value < 0) throw new InvalidArgumentError("It must be 0 or more.");
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (text === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be 0 to 1.");
  return value;
}
