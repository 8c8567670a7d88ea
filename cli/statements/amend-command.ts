import { Command } from "commander";
import { MadeUsageAdjustment } from "../../contracts/usage/corrections.ts";
import {
  type ControlOptions,
  type ControlTools,
  controlClient,
  withControlOptions,
} from "../control/control-endpoint.ts";
import { dollars, nanoUsdFrom } from "../control/limit-text.ts";
import { secondsOf } from "../control/time-text.ts";
import { UserError } from "../terminal/user-error.ts";

interface AmendOptions extends ControlOptions {
  readonly at: string;
  readonly reason: string;
  readonly inputTokens?: string;
  readonly outputTokens?: string;
  readonly inputUsd?: string;
  readonly outputUsd?: string;
  readonly costUsd?: string;
}

/** The fields that the command reads; a newer release may send more. */
const ReadAdjustment = MadeUsageAdjustment.strip();

/** `sluice usage amend`: takes back a part of what a request was charged, over the control API. */
export function amendCommand(tools: ControlTools): Command {
  return withControlOptions(new Command("amend").argument("<request>", "its x-request-id"))
    .description("take back what a request (its x-request-id) counts and is charged: all of it, or a part")
    .requiredOption("--at <time>", "when the request ended, give or take an hour: 2026-11-29T09:34Z")
    .requiredOption("--reason <text>", "why; the ledger and the audit log have it")
    .option("--input-tokens <number>", "tokens of the prompt that are taken back")
    .option("--output-tokens <number>", "the same of the completion")
    .option("--input-usd <dollars>", "dollars of the charge for the prompt that are taken back")
    .option("--output-usd <dollars>", "the same for the completion")
    .option("--cost-usd <dollars>", "dollars of what the provider takes")
    .action((request: string, _: unknown, command: Command) =>
      amend(request, command.optsWithGlobals<AmendOptions>(), tools),
    );
}

async function amend(request: string, options: AmendOptions, tools: ControlTools): Promise<void> {
  const reduced = reductionOf(options);
  const body = {
    request_id: request,
    ended_at: secondsOf("--at", options.at),
    reason: options.reason,
    ...(reduced === undefined ? {} : { reduce_by: reduced }),
  };
  const call = { method: "POST", path: "/v1/organization/usage/adjustments", body } as const;
  const made = await controlClient(options, tools).call(call, ReadAdjustment);
  if (options.json === true) return tools.print(JSON.stringify(made, null, 2));
  const { reduced_by: by, left } = made;
  tools.print(
    `$${dollars(by.charge_nano_usd)}, ${by.input_tokens} input and ${by.output_tokens} output tokens are taken back of ${made.request_id} (adjustment ${made.number}); $${dollars(left.charge_nano_usd)}, ${left.input_tokens} and ${left.output_tokens} are left of it.`,
  );
}

/** @returns undefined where everything is taken back @throws {UserError} */
function reductionOf(options: AmendOptions): Readonly<Record<string, number>> | undefined {
  const [input, output] = [usdOf("--input-usd", options.inputUsd), usdOf("--output-usd", options.outputUsd)];
  const sums = {
    input_tokens: countOf("--input-tokens", options.inputTokens),
    output_tokens: countOf("--output-tokens", options.outputTokens),
    input_charge_nano_usd: input,
    charge_nano_usd: input === undefined && output === undefined ? undefined : (input ?? 0) + (output ?? 0),
    cost_nano_usd: usdOf("--cost-usd", options.costUsd),
  };
  const named = Object.entries(sums).flatMap(([name, sum]) => (sum === undefined ? [] : [[name, sum] as const]));
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

function countOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new UserError(`${option} must be a whole number, got ${text}.`);
}

function usdOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const nanoUsd = nanoUsdFrom(text);
  if (nanoUsd !== undefined) return nanoUsd;
  throw new UserError(`${option} must be dollars with at most 9 decimals, such as 0.0125, got ${text}.`);
}
