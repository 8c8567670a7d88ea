import { Command } from "commander";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { type ControlOptions, type ControlTools, controlClient, withControlOptions } from "./control-endpoint.ts";
import { dollars, isSameCounter, limitFrom, SUBJECT_FORM, subjectOf } from "./limit-text.ts";
import { resetOf } from "./reset-of.ts";
import { changeLimits, storedLimits } from "./stored-limits.ts";

interface SetOptions extends ControlOptions {
  readonly per: string;
  readonly timeZone?: string;
  readonly model?: string;
}

const PERIODS = ["day", "week", "month", "lifetime"];

/** `sluice budgets list|set`: limits of money, and how much of each is spent. */
export function budgetsCommand(tools: ControlTools): Command {
  const budgets = new Command("budgets").description("list and set budgets: limits of money, in dollars");
  withControlOptions(budgets.command("list"))
    .description("list the budgets of all subjects, what is spent of each, and when it begins anew by its time zone")
    .action((options: ControlOptions) => list(options, tools));
  withControlOptions(budgets.command("set <subject> <dollars>"))
    .description(`set the budget of a subject: ${SUBJECT_FORM}`)
    .option("--per <window>", PERIODS.join(", "), "month")
    .option("--time-zone <zone>", "IANA time zone by which days, weeks and months begin (default: UTC)")
    .option("--model <name>", "the model whose use it pays for (default: all models together)")
    .action((subject: string, amount: string, options: SetOptions) => set(subject, amount, options, tools));
  return budgets;
}

async function list(options: ControlOptions, tools: ControlTools): Promise<void> {
  const client = controlClient(options, tools);
  const all = await storedLimits(client, { withUsed: true });
  const rows = all.flatMap(({ subject_id: id, limits }) =>
    limits
      .filter(({ metric, action }) => metric === "nano_usd" && action !== "alert")
      .map(({ used: spent, ...limit }) => ({ id, limit, spent, resetsAt: resetOf(limit, tools.now()) })),
  );
  if (options.json === true)
    return tools.print(
      JSON.stringify(
        rows.map(({ id, limit, spent, resetsAt = null }) => ({
          subject_id: id,
          ...limit,
          spent_nano_usd: spent ?? null,
          resets_at: resetsAt,
        })),
        null,
        2,
      ),
    );
  if (rows.length === 0) return tools.print("There are no budgets; set one with `sluice budgets set SUBJECT DOLLARS`.");
  tools.print(
    textTable([
      ["SUBJECT", "PER", "BUDGET", "SPENT", "RESETS", "TIME ZONE", "MODEL"],
      ...rows.map(({ id, limit, spent, resetsAt }) => [
        id,
        limit.window,
        dollars(limit.max),
        spent === undefined ? "-" : dollars(spent),
        resetsAt ?? "never",
        limit.time_zone ?? "UTC",
        limit.model ?? "",
      ]),
    ]),
  );
}

async function set(id: string, amount: string, options: SetOptions, tools: ControlTools): Promise<void> {
  const { per, timeZone, model } = options;
  if (!PERIODS.includes(per)) throw new UserError(`--per must be one of ${PERIODS.join(", ")}, got ${per}.`);
  const subject = subjectOf(id);
  const budget = limitFrom(`usd/${per}=${amount}`, {
    ...(model === undefined ? {} : { model }),
    ...(timeZone === undefined ? {} : { time_zone: timeZone }),
  });
  const limits = await changeLimits(controlClient(options, tools), subject, (before) => [
    ...before.filter((limit) => !isSameCounter(limit, budget)),
    budget,
  ]);
  if (options.json === true) return tools.print(JSON.stringify(limits, null, 2));
  tools.print(`${subject.id} may spend ${dollars(budget.max)} dollars per ${per}; gateways hold it within a second.`);
}
