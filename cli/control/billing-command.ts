import { Command } from "commander";
import * as z from "zod";
import { BillingCustomer } from "../../contracts/billing/billing-customers.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { allPages } from "./all-pages.ts";
import { type ControlOptions, type ControlTools, controlClient, withControlOptions } from "./control-endpoint.ts";
import { isoOf, secondsOf } from "./time-text.ts";

interface SetOptions extends ControlOptions {
  readonly from?: string;
}

/** The fields that the commands read; a newer release may send more. */
const ReadCustomer = BillingCustomer.strip();

/** `sluice billing list|set|unset`: which customer in Stripe pays for which project, over the control API. */
export function billingCommand(tools: ControlTools): Command {
  const billing = new Command("billing").description(
    "set which customers in Stripe the usage of projects is reported for",
  );
  withControlOptions(billing.command("list"))
    .description("list the projects that have a customer in Stripe")
    .action((options: ControlOptions) => list(options, tools));
  withControlOptions(billing.command("set <project> <customer>"))
    .description(
      "report a project's usage for a customer (cus_…), from the next hour on; a project's first one from this hour on",
    )
    .option("--from <time>", "beginning of an hour, in ISO 8601 with zone, such as 2027-01-31T18:00:00Z")
    .action((project: string, customer: string, options: SetOptions) => set(project, customer, options, tools));
  withControlOptions(billing.command("unset <project>"))
    .description("report nothing of a project from the next hour on")
    .action((project: string, options: ControlOptions) => unset(project, options, tools));
  return billing;
}

async function list(options: ControlOptions, tools: ControlTools): Promise<void> {
  const all = await allPages(controlClient(options, tools), "/v1/organization/billing_customers", ReadCustomer);
  if (options.json === true) return tools.print(JSON.stringify(all, null, 2));
  if (all.length === 0)
    return tools.print("No project has a customer in Stripe; set one with `sluice billing set PROJECT CUSTOMER`.");
  tools.print(
    textTable([
      ["PROJECT", "FROM", "CUSTOMER"],
      ...all.flatMap(({ id, periods }) =>
        periods.map(({ customer_id: customer, from }) => [id, isoOf(from), customer ?? "none"]),
      ),
    ]),
  );
}

async function set(project: string, customer: string, options: SetOptions, tools: ControlTools): Promise<void> {
  const body = {
    customer_id: customer,
    ...(options.from === undefined ? {} : { from: secondsOf("--from", options.from) }),
  };
  const call = { method: "POST", path: pathOf(project), body } as const;
  const stored = await controlClient(options, tools).call(call, ReadCustomer);
  if (options.json === true) return tools.print(JSON.stringify(stored, null, 2));
  const from = stored.periods.at(-1)?.from ?? 0;
  tools.print(`Usage of ${project} is reported for ${customer} from ${isoOf(from)} on.`);
}

async function unset(project: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const call = { method: "DELETE", path: pathOf(project) } as const;
  const deleted = await controlClient(options, tools).call(call, z.object({ deleted: z.boolean() }));
  if (options.json === true) return tools.print(JSON.stringify(deleted, null, 2));
  tools.print(`Usage of ${project} is reported for nobody from the next hour on.`);
}

/** @throws {UserError} */
function pathOf(project: string): string {
  if (!/^[\w-]{1,200}$/.test(project)) throw new UserError(`'${project}' is no id of a project, such as proj_…`);
  return `/v1/organization/projects/${project}/billing_customer`;
}
