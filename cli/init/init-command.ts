import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { REGION_IDS, type RegionId } from "../../catalog/regions.ts";
import { type ModelChoice, modelChoices } from "../../domain/cost/model-choices.ts";
import { validateEnvironment } from "../../environments/validate.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { UserError } from "../terminal/user-error.ts";
import { environmentData, environmentFileText, type InitReplies } from "./environment-file.ts";
import { budgetOf, choicesText, modelsOf } from "./model-replies.ts";

/** What `init` needs of the process; tests replace it. */
export interface InitTools extends Pick<OperatorTools, "print" | "prompt" | "isInteractive" | "priceLines"> {
  /** Folder of the environment files. */
  readonly environmentsFolder: string;
  /** Module from which an environment file imports `environment()`. @default - the checkout's */
  readonly source?: string;
  /** Writes the files that a team's own repository lacks. @returns their paths. @default - it is a checkout, which has them */
  writeMissingFiles?(): readonly string[];
}

interface InitOptions {
  readonly name?: string;
  readonly region?: string;
  readonly model?: readonly string[];
  readonly domain?: string;
  readonly hostedZone?: string;
  readonly alarm?: string;
}

/** From a file of the checkout's `environments/`. */
const CHECKOUT_SOURCE = "../settings/environment-input.ts";

const NAME = /^[a-z][a-z0-9-]{0,19}$/;

/** `sluice init`: five questions, then an environment file and its price. */
export function initCommand(tools: InitTools): Command {
  return new Command("init")
    .description("write a new environment file from five replies: name, region, models, domain, who gets alarms")
    .option("--name <name>", "the environment's name, e.g. staging")
    .option("--region <region>", REGION_IDS.join(", "))
    .option("--model <model...>", "models of the catalogue, each with @instance-type where it is not the cheapest")
    .option("--domain <name>", "domain of the API; needs --hosted-zone (default: API Gateway's own address)")
    .option("--hosted-zone <id>", "the domain's Route 53 zone, Z…")
    .option("--alarm <email>", "mail address that alarms are sent to (default: nobody)")
    .action((options: InitOptions) => init(options, tools));
}

async function init(options: InitOptions, tools: InitTools): Promise<void> {
  const name = await replyOf("--name", options.name, "Name of the environment, e.g. staging: ", tools);
  if (!NAME.test(name))
    throw new UserError(`--name must be 1 to 20 of a-z, 0-9 and -, starting with a letter, got "${name}".`);
  const file = join(tools.environmentsFolder, `${name}.ts`);
  if (existsSync(file))
    throw new UserError(
      `environments/${name}.ts exists already: edit it, or choose another --name. Nothing was written.`,
    );
  const region = regionOf(await replyOf("--region", options.region, `Region (${REGION_IDS.join(", ")}): `, tools));
  const models = await modelReplies(options, modelChoices(region), tools);
  const domain = await domainReply(options, tools);
  const alarmEmail = await optionalReply(options.alarm, "Mail address for alarms (Enter for none): ", options, tools);
  const replies: InitReplies = { name, region, models, domain, alarmEmail };
  const environment = checked(replies);
  const added = tools.writeMissingFiles?.() ?? [];
  mkdirSync(tools.environmentsFolder, { recursive: true });
  writeFileSync(file, environmentFileText(replies, tools.source ?? CHECKOUT_SOURCE), { flag: "wx" });
  tools.print(
    [
      `environments/${name}.ts is written: ${Object.keys(models).join(", ")} in ${region}.`,
      ...(added.length > 0 ? [`Written too: ${added.join(", ")}.`] : []),
      ...(tools.priceLines?.(environment) ?? []),
      `Next: npm start -- --environment ${name} runs it here; sluice doctor --environment ${name} says what an AWS account lacks.`,
    ].join("\n"),
  );
}

function checked(replies: InitReplies): ReturnType<typeof validateEnvironment> {
  try {
    return validateEnvironment(environmentData(replies), `environments/${replies.name}.ts`);
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}\nNothing was written.`);
  }
}

async function replyOf(option: string, value: string | undefined, text: string, tools: InitTools): Promise<string> {
  if (value !== undefined) return value.trim();
  if (!tools.isInteractive) throw new UserError(`${option} is needed where there is no terminal to prompt on.`);
  return (await tools.prompt(text)).trim();
}

/** A reply that may be empty: on a terminal it is prompted for, unless the models came as an option. */
async function optionalReply(
  value: string | undefined,
  text: string,
  { model }: InitOptions,
  tools: InitTools,
): Promise<string | undefined> {
  if (value !== undefined) return value.trim();
  if (!tools.isInteractive || model !== undefined) return undefined;
  return (await tools.prompt(text)).trim() || undefined;
}

function regionOf(text: string): RegionId {
  const region = REGION_IDS.find((id) => id === text);
  if (region !== undefined) return region;
  throw new UserError(`--region must be one of ${REGION_IDS.join(", ")}, got "${text}".`);
}

async function modelReplies(
  { model }: InitOptions,
  choices: readonly ModelChoice[],
  tools: InitTools,
): Promise<InitReplies["models"]> {
  if (model !== undefined) return modelsOf(model, choices);
  if (!tools.isInteractive) throw new UserError("--model is needed where there is no terminal to prompt on.");
  let shown = choices;
  for (;;) {
    tools.print(choicesText(shown));
    const reply = await tools.prompt("Models (names or numbers), or what a month may cost, e.g. <900: ");
    const budget = budgetOf(reply);
    if (budget === undefined) return modelsOf([reply], shown);
    const within = choices.filter(({ usdPerMonth }) => usdPerMonth <= budget);
    if (within.length === 0)
      tools.print(
        `No model costs less than ${budget} dollars a month; the cheapest is ${choices[0]?.model ?? "none"}.`,
      );
    shown = within.length === 0 ? choices : within;
  }
}

async function domainReply(options: InitOptions, tools: InitTools): Promise<InitReplies["domain"]> {
  const text = "Domain of the API, e.g. llm.example.com (Enter for API Gateway's own address): ";
  const name = await optionalReply(options.domain, text, options, tools);
  if (name === undefined) return null;
  const hostedZoneId = await replyOf("--hosted-zone", options.hostedZone, "Its Route 53 zone (Z…): ", tools);
  return { name, hostedZoneId };
}
