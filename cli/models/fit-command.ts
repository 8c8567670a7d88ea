import { Command, InvalidArgumentError } from "commander";
import { catalogModel, MODEL_IDS } from "../../catalog/models.ts";
import { FALLBACK_REGION } from "../../catalog/prices/region-prices.ts";
import { REGION_IDS } from "../../catalog/regions.ts";
import { DEFAULT_USAGE } from "../../domain/cost/usage.ts";
import { type ChoiceInput, type InstanceChoice, instanceChoices } from "../../domain/instance-choice.ts";
import { ARITHMETIC_SHARE, BANDWIDTH_SHARE } from "../../domain/throughput.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";

interface FitOptions {
  readonly region: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly busy: number;
  readonly json?: true;
}

/** Share of the day in which a small service's engines have requests. */
const BUSY_SHARE = 0.4;

/** `sluice models fit NAME`: the instance types that hold a model, cheapest first. */
export function fitCommand(print: (text: string) => void): Command {
  return new Command("fit")
    .description("list the instance types that hold a model, cheapest first")
    .argument("<name>", "the model; sluice models list shows all")
    .option("--region <region>", "the region of the prices", FALLBACK_REGION)
    .option("--prompt-tokens <number>", "mean prompt in tokens", positive, DEFAULT_USAGE.promptTokens)
    .option("--completion-tokens <number>", "mean completion in tokens", positive, DEFAULT_USAGE.completionTokens)
    .option("--busy <0 to 1>", "share of the time in which engines have requests", share, BUSY_SHARE)
    .option("--json", "print the list as JSON")
    .action((name: string, options: FitOptions) => print(fitText(name, options)));
}

function fitText(name: string, options: FitOptions): string {
  const id = MODEL_IDS.find((each) => each === name);
  if (id === undefined)
    throw new UserError(`There is no model "${name}" in the catalogue; sluice models list shows those there are.`);
  const region = REGION_IDS.find((each) => each === options.region);
  if (region === undefined)
    throw new UserError(`There is no region "${options.region}" in the catalogue; known are ${REGION_IDS.join(", ")}.`);
  const { promptTokens, completionTokens, busy: busyShare } = options;
  const input: ChoiceInput = { model: catalogModel(id), region, busyShare, promptTokens, completionTokens };
  const choices = instanceChoices(input);
  if (options.json) return JSON.stringify(choices, undefined, 2);
  const own = choices.filter(({ hour }) => hour.ofRegion === undefined);
  const others = [...new Set(choices.filter((each) => !own.includes(each)).map(({ instanceType }) => instanceType))];
  return [
    headline(input),
    assumptionText(options),
    "",
    own.length === 0 ? `No instance type with a price in ${region} holds it.` : choiceTable(own),
    ...otherFormats(input, own),
    ...(others.length === 0
      ? []
      : [
          "",
          `These hold it too, and have no price on file in ${region}, perhaps because EC2 has none there: ${others.join(", ")}.`,
        ]),
  ].join("\n");
}

/** Where the weights are whose format is not the entry's own. */
function otherFormats({ model }: ChoiceInput, choices: readonly InstanceChoice[]): readonly string[] {
  const shown = model.variants.filter(({ format }) => choices.some((each) => each.format === format));
  if (shown.length === 0) return [];
  const names = shown.map(({ format, id }) => `${format}: ${id}`).join(", ");
  return [
    "",
    `Weights in other formats are repositories of their own (${names}); sluice models add makes an entry of one.`,
  ];
}

function headline({ model, region }: ChoiceInput): string {
  const { displayName, parameters, weightsGiB, format, contextTokens, licence } = model;
  const billions = (parameters.total / 1e9).toPrecision(3);
  return (
    `${displayName} in ${region}: ${billions} billion parameters, ${weightsGiB} GiB in ${format}, context ` +
    `${contextTokens.toLocaleString("en-US")} tokens, ${licence.name}`
  );
}

function assumptionText({ promptTokens, completionTokens, busy }: FitOptions): string {
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  return (
    `Assumed: requests of ${promptTokens} + ${completionTokens} tokens, engines busy ${percent(busy)} of the time, ` +
    `${percent(BANDWIDTH_SHARE)} of the data sheet's memory bandwidth and ${percent(ARITHMETIC_SHARE)} of its arithmetic ` +
    "reached. The price per million tokens is an estimate from these: nothing of it was measured."
  );
}

function choiceTable(choices: readonly InstanceChoice[]): string {
  return textTable([
    ["instance type", "weights", "GPUs", "context", "sequences", "$/hour", "$/M tokens"],
    ...choices.map((each) => [
      each.instanceType,
      each.format,
      String(each.tensorParallel),
      each.contextTokens.toLocaleString("en-US"),
      String(each.sequences),
      each.hour.usd.toFixed(2),
      each.usdPerMillionTokens.toPrecision(3),
    ]),
  ]);
}

function positive(text: string): number {
  const value = Number(text.replaceAll(/[_,]/g, ""));
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number of 1 or more.");
  return value;
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError("It must be above 0 and at most 1.");
  return value;
}
