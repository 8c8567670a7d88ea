import { Command } from "commander";
import { PROJECT_CLASSES, ProjectRetention } from "../../contracts/retention/retention.ts";
import {
  type ControlOptions,
  type ControlTools,
  controlClient,
  withControlOptions,
} from "../control/control-endpoint.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";

/** Takes a project's own days away. */
const USUAL = "usual";
type Chosen = Readonly<Partial<Record<(typeof PROJECT_CLASSES)[number], string>>>;

/** `sluice retention list|set`: for how long what a project stores stays. */
export function retentionCommand(tools: ControlTools): Command {
  const retention = new Command("retention").description("for how long stored data of a project stays, by class");
  withControlOptions(retention.command("list <project>"))
    .description("the days of each class, and whether they are the project's own")
    .action(async (project: string, options: ControlOptions) => {
      show(
        await controlClient(options, tools).call({ method: "GET", path: pathOf(project) }, ProjectRetention),
        options,
        tools,
      );
    });
  const set = withControlOptions(retention.command("set <project>")).description(
    "choose days for a project; what is stored already gets its new end within some minutes",
  );
  for (const name of PROJECT_CLASSES)
    set.option(`--${name} <days>`, `days of ${name}, or "${USUAL}" for the environment's`);
  set.action(async (project: string, options: ControlOptions & Chosen) => {
    const body = Object.fromEntries(
      PROJECT_CLASSES.flatMap((name) => (options[name] === undefined ? [] : [[name, daysIn(name, options[name])]])),
    );
    if (Object.keys(body).length === 0)
      throw new UserError(
        `Nothing is chosen: give at least one of ${PROJECT_CLASSES.map((name) => `--${name}`).join(", ")}.`,
      );
    const call = { method: "POST", path: pathOf(project), body } as const;
    show(await controlClient(options, tools).call(call, ProjectRetention), options, tools);
  });
  return retention;
}

function pathOf(project: string): string {
  return `/v1/organization/projects/${encodeURIComponent(project)}/retention`;
}

function daysIn(name: string, text: string): number | null {
  if (text === USUAL) return null;
  const days = Number(text);
  if (Number.isInteger(days) && days > 0) return days;
  throw new UserError(`--${name} must be a whole number of days, or "${USUAL}", got "${text}".`);
}

function show(retention: ProjectRetention, { json }: ControlOptions, { print }: ControlTools): void {
  if (json === true) return print(JSON.stringify(retention, null, 2));
  print(
    textTable([
      ["CLASS", "DAYS", "FROM", "PROJECT MAY CHOOSE", "SETTING"],
      ...retention.data.map(({ class: name, days, origin, min_days: min, max_days: max, setting }) => [
        name,
        days === null ? "not stored" : String(days),
        origin,
        min === null ? "-" : `${min} to ${max}`,
        setting ?? "-",
      ]),
    ]),
  );
  if (!retention.applied) print("What was stored before the last change gets its new end within some minutes.");
}
