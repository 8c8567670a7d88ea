import { Command } from "commander";
import type { Limit } from "../../contracts/control/limits.ts";
import { ShareWeight } from "../../contracts/limits/use-limit.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { type ControlOptions, type ControlTools, controlClient, withControlOptions } from "./control-endpoint.ts";
import {
  counterFrom,
  isSameCounter,
  LIMIT_FORM,
  limitFrom,
  SUBJECT_FORM,
  shownLimit,
  subjectOf,
} from "./limit-text.ts";
import { changeLimits, changeTier, changeWeight, deleteLimits, storedLimits } from "./stored-limits.ts";

interface SetOptions extends ControlOptions {
  readonly model?: string;
  readonly timeZone?: string;
  readonly alert?: boolean;
}

/** `sluice limits list|set|delete|policy`: what subjects may use, over the control API. */
export function limitsCommand(tools: ControlTools): Command {
  const limits = new Command("limits").description(
    "list and change what an organisation, project, user or key may use",
  );
  withControlOptions(limits.command("list"))
    .description("list the limits of all subjects that have some")
    .action((options: ControlOptions) => list(options, tools));
  withAbout(withControlOptions(limits.command("set <subject> <limit...>")))
    .description(`set limits of a subject (${SUBJECT_FORM}), each as ${LIMIT_FORM}; its others stay`)
    .action((subject: string, written: readonly string[], options: SetOptions) =>
      set(subject, written, options, tools),
    );
  withAbout(withControlOptions(limits.command("delete <subject> [limit...]")))
    .description("take limits of a subject away, each as METRIC/WINDOW; without any, all of them")
    .action((subject: string, written: readonly string[], options: SetOptions) =>
      remove(subject, written, options, tools),
    );
  withControlOptions(limits.command("weight <project> <weight>"))
    .description("set a project's part of full pools, from 1 to 1000; 3 is three times that of a project with 1")
    .action((id: string, written: string, options: ControlOptions) => setWeight(id, written, options, tools));
  withControlOptions(limits.command("tier <subject> [tier]"))
    .description("give a project or key the limits of a tier of the environment file; without a name it has none")
    .action((id: string, tier: string | undefined, options: ControlOptions) => setTier(id, tier, options, tools));
  limits
    .command("policy")
    .description("what holds each kind of limit, and what becomes of requests while its counter can't be reached")
    .action(() => tools.print(textTable(POLICY)));
  return limits;
}

/** What is written down in docs/decisions/065 and 066. */
const POLICY = [
  ["LIMIT", "COUNTED IN", "WHILE THAT CAN'T BE REACHED"],
  ["requests, tokens per minute or hour; concurrency", "Valkey", "each gateway grants its share of the limit"],
  ["the same, of an environment with one gateway and no Valkey", "its memory", "nothing: it can always be reached"],
  ["requests, tokens per day, week, month or lifetime", "usage table", "usage.whenTableIsGone: refuse or allow"],
  ["money (usd)", "usage table", "requests are refused once the drawn amount is used up"],
];

function withAbout(command: Command): Command {
  return command
    .option("--model <name>", "the model whose use is limited (default: all models together)")
    .option("--time-zone <zone>", "IANA time zone by which days, weeks and months begin (default: UTC)")
    .option("--alert", "a limit that is reported when it is reached, and refuses nothing");
}

async function list(options: ControlOptions, tools: ControlTools): Promise<void> {
  const all = await storedLimits(controlClient(options, tools));
  if (options.json === true) return tools.print(JSON.stringify(all, null, 2));
  if (all.length === 0) return tools.print("Nothing is limited; set a limit with `sluice limits set SUBJECT LIMIT`.");
  tools.print(
    textTable([
      ["SUBJECT", "METRIC", "WINDOW", "MAX", "MODEL", "TIME ZONE", "ACTION"],
      ...all.flatMap(({ subject_id: id, limits, weight, tier }) => [
        ...limits.map((limit) => row(id, limit)),
        ...(tier === undefined ? [] : [[id, "tier", "", tier, "", "", "stop"]]),
        ...(weight === undefined ? [] : [[id, "weight", "", String(weight), "", "", "share"]]),
      ]),
    ]),
  );
}

function row(subjectId: string, limit: Limit): readonly string[] {
  const [metric, max] = shownLimit(limit);
  return [subjectId, metric, limit.window, max, limit.model ?? "", limit.time_zone ?? "", limit.action ?? "stop"];
}

async function set(id: string, written: readonly string[], options: SetOptions, tools: ControlTools): Promise<void> {
  const subject = subjectOf(id);
  const added = written.map((text) => limitFrom(text, aboutOf(options)));
  const client = controlClient(options, tools);
  const limits = await changeLimits(client, subject, (before) => [
    ...before.filter((limit) => !added.some((one) => isSameCounter(one, limit))),
    ...added,
  ]);
  if (options.json === true) return tools.print(JSON.stringify(limits, null, 2));
  tools.print(`${subject.id} has ${count(limits)}; gateways hold them within a second.`);
}

async function remove(id: string, written: readonly string[], options: SetOptions, tools: ControlTools): Promise<void> {
  const subject = subjectOf(id);
  const taken = written.map((text) => ({ ...counterFrom(text), ...aboutOf(options) }));
  const client = controlClient(options, tools);
  if (taken.length === 0) {
    if (Object.keys(aboutOf(options)).length > 0)
      throw new UserError(
        "--model, --time-zone and --alert say which limits are meant; name these too, each as METRIC/WINDOW.",
      );
    await deleteLimits(client, subject);
    return tools.print(options.json === true ? "[]" : `${subject.id} has no limits any more.`);
  }
  const limits = await changeLimits(client, subject, (before) => {
    const absent = taken.findIndex((one) => !before.some((limit) => isSameCounter(one, limit)));
    if (absent >= 0)
      throw new UserError(
        `${subject.id} has no limit ${written[absent]} like that; \`sluice limits list\` shows what it has.`,
      );
    return before.filter((limit) => !taken.some((one) => isSameCounter(one, limit)));
  });
  if (options.json === true) return tools.print(JSON.stringify(limits, null, 2));
  tools.print(`${subject.id} has ${count(limits)}; gateways hold them within a second.`);
}

async function setTier(
  id: string,
  tier: string | undefined,
  options: ControlOptions,
  tools: ControlTools,
): Promise<void> {
  await changeTier(controlClient(options, tools), subjectOf(id), tier ?? null);
  if (options.json === true) return tools.print(JSON.stringify({ id, tier: tier ?? null }));
  tools.print(
    tier === undefined
      ? `${id} has no tier any more.`
      : `${id} has the tier ${tier}; gateways hold its limits within a second.`,
  );
}

async function setWeight(id: string, written: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const subject = subjectOf(id);
  const weight = /^\d{1,4}$/.test(written) ? ShareWeight.safeParse(Number(written)).data : undefined;
  if (weight === undefined) throw new UserError(`The weight '${written}' must be a whole number from 1 to 1000.`);
  if (subject.scope !== "project")
    throw new UserError(
      `Full pools are shared among projects; '${id}' must be the id of one, which begins with proj_.`,
    );
  await changeWeight(controlClient(options, tools), subject, weight);
  if (options.json === true) return tools.print(JSON.stringify({ id, weight }));
  tools.print(`${id} has the weight ${weight}; gateways hold it within a second.`);
}

function aboutOf({ model, timeZone, alert }: SetOptions): Pick<Limit, "model" | "time_zone" | "action"> {
  return {
    ...(model === undefined ? {} : { model }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
    ...(alert === true ? { action: "alert" } : {}),
  };
}

function count(limits: readonly unknown[]): string {
  return limits.length === 1 ? "1 limit" : `${limits.length} limits`;
}
