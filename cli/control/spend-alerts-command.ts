import { Command } from "commander";
import {
  OrganizationSpendAlert,
  OrganizationSpendAlertDeleted,
  ProjectSpendAlert,
  ProjectSpendAlertDeleted,
} from "../../contracts/notices/spend-alerts.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { allPages } from "./all-pages.ts";
import { type ControlOptions, type ControlTools, controlClient, withControlOptions } from "./control-endpoint.ts";

interface CreateOptions extends ControlOptions {
  readonly to: string;
  readonly prefix?: string;
}

/** The fields that the commands read; a newer release may send more. */
const ReadAlert = OrganizationSpendAlert.strip().or(ProjectSpendAlert.strip());
const ReadDeleted = OrganizationSpendAlertDeleted.strip().or(ProjectSpendAlertDeleted.strip());
const SUBJECT = "organization, or the id of a project";

/** `sluice spend-alerts list|create|delete`: mails of what a month is charged, over the control API. */
export function spendAlertsCommand(tools: ControlTools): Command {
  const alerts = new Command("spend-alerts").description("mail somebody when a month's charges reach an amount");
  withControlOptions(alerts.command("list <subject>"))
    .description(`list the alerts of a subject: ${SUBJECT}`)
    .action((subject: string, options: ControlOptions) => list(subject, options, tools));
  withControlOptions(alerts.command("create <subject> <dollars>"))
    .description(`make an alert of a subject: ${SUBJECT}`)
    .requiredOption("--to <addresses>", "mail addresses among alarms.emails of the environment, with commas between")
    .option("--prefix <text>", "begin of the mail's subject")
    .action((subject: string, amount: string, options: CreateOptions) => create(subject, amount, options, tools));
  withControlOptions(alerts.command("delete <subject> <alert>"))
    .description("delete an alert")
    .action((subject: string, alert: string, options: ControlOptions) => remove(subject, alert, options, tools));
  return alerts;
}

async function list(subject: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const all = await allPages(controlClient(options, tools), pathOf(subject), ReadAlert);
  if (options.json === true) return tools.print(JSON.stringify(all, null, 2));
  if (all.length === 0)
    return tools.print(
      `${subject} has no spend alerts; make one with \`sluice spend-alerts create ${subject} DOLLARS\`.`,
    );
  tools.print(
    textTable([
      ["ALERT", "DOLLARS A MONTH", "TO", "PREFIX"],
      ...all.map(({ id, threshold_amount: cents, notification_channel: { recipients, subject_prefix: prefix } }) => [
        id,
        (cents / 100).toFixed(2),
        recipients.join(","),
        prefix ?? "",
      ]),
    ]),
  );
}

async function create(subject: string, amount: string, options: CreateOptions, tools: ControlTools): Promise<void> {
  const body = {
    threshold_amount: centsOf(amount),
    currency: "USD",
    interval: "month",
    notification_channel: {
      type: "email",
      recipients: options.to.split(",").map((address) => address.trim()),
      ...(options.prefix === undefined ? {} : { subject_prefix: options.prefix }),
    },
  };
  const call = { method: "POST", path: pathOf(subject), body } as const;
  const alert = await controlClient(options, tools).call(call, ReadAlert);
  if (options.json === true) return tools.print(JSON.stringify(alert, null, 2));
  tools.print(`${alert.id} is mailed once in each month in which ${subject} is charged ${amount} dollars.`);
}

async function remove(subject: string, id: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const call = { method: "DELETE", path: `${pathOf(subject)}/${encodeURIComponent(id)}` } as const;
  const deleted = await controlClient(options, tools).call(call, ReadDeleted);
  if (options.json === true) return tools.print(JSON.stringify(deleted, null, 2));
  tools.print(`${id} is deleted.`);
}

/** @throws {UserError} */
function centsOf(amount: string): number {
  const [, dollars = "", cents = ""] = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(amount) ?? [];
  const value = Number(dollars) * 100 + Number(cents.padEnd(2, "0"));
  if (dollars === "" || value === 0)
    throw new UserError(
      `'${amount}' must be an amount in dollars above 0 with at most 2 decimals, such as 50 or 12.50.`,
    );
  return value;
}

/** @throws {UserError} */
function pathOf(subject: string): string {
  if (subject === "organization") return "/v1/organization/spend_alerts";
  if (/^proj_\w{1,200}$/.test(subject)) return `/v1/organization/projects/${subject}/spend_alerts`;
  throw new UserError(`'${subject}' must be ${SUBJECT}, such as proj_….`);
}
