import { Command } from "commander";
import * as z from "zod";
import { Credit, CreditBalance, CreditEntry } from "../../contracts/control/credits.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import { allPages } from "./all-pages.ts";
import { type ControlOptions, type ControlTools, controlClient, withControlOptions } from "./control-endpoint.ts";
import { dollars, nanoUsdFrom, type Subject, subjectOf } from "./limit-text.ts";
import { isoOf, secondsOf } from "./time-text.ts";

interface GrantOptions extends ControlOptions {
  readonly expires?: string;
  readonly description?: string;
}

const CREDITS = "/v1/organization/credits";
const SUBJECT = "organization, or the id of a project";
/** The fields that the commands read; a newer release may send more. */
const ReadCredit = Credit.strip();
const ReadBalance = CreditBalance.extend({ credits: z.array(ReadCredit) }).strip();
const ReadEntry = CreditEntry.strip();

/** `sluice credits list|grant|revoke|end|ledger`: prepaid credit, over the control API. */
export function creditsCommand(tools: ControlTools): Command {
  const credits = new Command("credits").description("grant prepaid credit, and list what is left of it");
  withControlOptions(credits.command("list [subject]"))
    .description(`list the credit of a subject (${SUBJECT}), or of all that were ever granted some`)
    .action((subject: string | undefined, options: ControlOptions) => list(subject, options, tools));
  withControlOptions(credits.command("grant <subject> <dollars>"))
    .description(`grant credit to a subject (${SUBJECT}): from the first grant on it may use nothing but credit`)
    .option("--expires <date>", "when it expires: a date, or a time with zone, in ISO 8601 (default: never)")
    .option("--description <text>", "what it is for, such as the number of an invoice")
    .action((subject: string, amount: string, options: GrantOptions) => grant(subject, amount, options, tools));
  withControlOptions(credits.command("revoke <subject> <credit>"))
    .description("revoke what is left of a grant")
    .action((subject: string, credit: string, options: ControlOptions) => revoke(subject, credit, options, tools));
  withControlOptions(credits.command("end <subject>"))
    .description("revoke all that is left, and let the subject use models without credit again")
    .action((subject: string, options: ControlOptions) => end(subject, options, tools));
  withControlOptions(credits.command("ledger <subject>"))
    .description("list all movements of a subject's credit, each with two entries that sum to zero")
    .action((subject: string, options: ControlOptions) => ledger(subject, options, tools));
  return credits;
}

async function list(id: string | undefined, options: ControlOptions, tools: ControlTools): Promise<void> {
  const client = controlClient(options, tools);
  const balances =
    id === undefined
      ? await allPages(client, CREDITS, ReadBalance)
      : [await client.call({ method: "GET", path: pathOf(subjectOf(id)) }, ReadBalance)];
  if (options.json === true) return tools.print(JSON.stringify(balances, null, 2));
  const rows = balances.flatMap(({ subject_id: subject, credits }) =>
    credits.map((credit) => [
      subject,
      credit.id,
      credit.status,
      dollars(credit.balance_nano_usd),
      dollars(credit.amount_nano_usd),
      credit.expires_at === null ? "never" : isoOf(credit.expires_at),
      credit.description ?? "",
    ]),
  );
  if (rows.length === 0)
    return tools.print("There is no credit; grant some with `sluice credits grant SUBJECT DOLLARS`.");
  tools.print(textTable([["SUBJECT", "CREDIT", "STATUS", "LEFT", "GRANTED", "EXPIRES", "DESCRIPTION"], ...rows]));
}

async function grant(id: string, amount: string, options: GrantOptions, tools: ControlTools): Promise<void> {
  const nanoUsd = nanoUsdFrom(amount);
  if (nanoUsd === undefined || nanoUsd === 0 || !Number.isSafeInteger(nanoUsd))
    throw new UserError(
      `'${amount}' must be an amount in dollars above 0 with at most 9 decimals, such as 12.50, below 9 million.`,
    );
  const body = {
    amount_nano_usd: nanoUsd,
    ...(options.expires === undefined ? {} : { expires_at: secondsOf("--expires", options.expires) }),
    ...(options.description === undefined ? {} : { description: options.description }),
  };
  const path = pathOf(subjectOf(id));
  const credit = await controlClient(options, tools).call({ method: "POST", path, body }, ReadCredit);
  if (options.json === true) return tools.print(JSON.stringify(credit, null, 2));
  tools.print(
    `${id} got ${dollars(credit.amount_nano_usd)} dollars as ${credit.id}; gateways hold it within a second.`,
  );
}

async function revoke(id: string, creditId: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const path = `${pathOf(subjectOf(id))}/${encodeURIComponent(creditId)}/revoke`;
  const credit = await controlClient(options, tools).call({ method: "POST", path }, ReadCredit);
  if (options.json === true) return tools.print(JSON.stringify(credit, null, 2));
  tools.print(`${creditId} is revoked; ${dollars(credit.used_nano_usd)} dollars of it were used.`);
}

async function end(id: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const call = { method: "DELETE", path: pathOf(subjectOf(id)) } as const;
  const ended = await controlClient(options, tools).call(call, z.object({ deleted: z.boolean() }));
  if (options.json === true) return tools.print(JSON.stringify(ended, null, 2));
  tools.print(`${id} needs no credit any more; its limits and budgets still hold.`);
}

async function ledger(id: string, options: ControlOptions, tools: ControlTools): Promise<void> {
  const entries = await allPages(controlClient(options, tools), `${pathOf(subjectOf(id))}/ledger`, ReadEntry);
  if (options.json === true) return tools.print(JSON.stringify(entries, null, 2));
  if (entries.length === 0) return tools.print(`${id} was never granted credit.`);
  tools.print(
    textTable([
      ["TIME", "TYPE", "ACCOUNT", "DOLLARS"],
      ...entries.map(({ at, type, account, amount_nano_usd: amount }) => [isoOf(at), type, account, dollars(amount)]),
    ]),
  );
}

function pathOf({ scope, id }: Subject): string {
  return `${CREDITS}/${scope}/${encodeURIComponent(id)}`;
}
