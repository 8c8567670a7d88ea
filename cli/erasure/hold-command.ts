import { Command } from "commander";
import { LegalHold, LegalHoldDeleted, LegalHoldPage } from "../../contracts/erasure/legal-hold.ts";
import { type ControlOptions, controlClient, withControlOptions } from "../control/control-endpoint.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import type { EraseTools } from "./erase-command.ts";

const HOLDS = "/v1/organization/legal_holds";
/** Between two requests that go on with a hold. */
const PAUSE_MS = 5000;
const MAX_REQUESTS = 1000;

/** `sluice hold place|release|list`: legal holds, which stop erasures, deletions and expiry. */
export function holdCommand(tools: EraseTools): Command {
  const hold = new Command("hold").description("place and release legal holds on users, service accounts and projects");
  withControlOptions(hold.command("place <subject>"))
    .description("keep what is stored of user-…, svc_acct_… or proj_… from being erased and from expiring")
    .requiredOption("--reason <text>", "why, for the audit log")
    .action((subject: string, options: ControlOptions & { readonly reason: string }) =>
      holdSubject(subject, options, tools),
    );
  withControlOptions(hold.command("release <subject>"))
    .description("end a hold: what is stored expires again when it would have")
    .action((subject: string, options: ControlOptions) => release(subject, options, tools));
  withControlOptions(hold.command("list"))
    .description("list the holds")
    .action((options: ControlOptions) => list(options, tools));
  return hold;
}

async function holdSubject(
  subject: string,
  { reason, ...options }: ControlOptions & { readonly reason: string },
  tools: EraseTools,
): Promise<void> {
  const client = controlClient(options, tools);
  const call = { method: "POST", path: HOLDS, body: { subject_id: subject, reason } } as const;
  const hold = await until(
    tools,
    subject,
    () => client.call(call, LegalHold),
    ({ status }) => status === "held",
  );
  if (options.json === true) return tools.print(JSON.stringify(hold, null, 2));
  const before = hold.reason === reason ? "" : ` It was held before, and the reason stays: ${hold.reason}`;
  tools.print(`${subject} is held: nothing of what is stored of it is erased, can be deleted or expires.${before}`);
}

async function release(subject: string, options: ControlOptions, tools: EraseTools): Promise<void> {
  const client = controlClient(options, tools);
  const call = { method: "DELETE", path: `${HOLDS}/${encodeURIComponent(subject)}` } as const;
  const done = await until(
    tools,
    subject,
    () => client.call(call, LegalHoldDeleted),
    ({ deleted }) => deleted,
  );
  if (options.json === true) return tools.print(JSON.stringify(done, null, 2));
  tools.print(`${subject} is no longer held.`);
}

async function until<T>(
  { wait }: EraseTools,
  subject: string,
  request: () => Promise<T>,
  isDone: (response: T) => boolean,
): Promise<T> {
  for (let sent = 0; sent < MAX_REQUESTS; sent++) {
    const response = await request();
    if (isDone(response)) return response;
    await wait(PAUSE_MS);
  }
  throw new UserError(`The hold on ${subject} is not complete yet; run the command again to go on.`);
}

async function list(options: ControlOptions, tools: EraseTools): Promise<void> {
  const client = controlClient(options, tools);
  const all: LegalHold[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const query = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
    const page = await client.call({ method: "GET", path: `${HOLDS}?limit=100${query}` }, LegalHoldPage);
    all.push(...page.data);
    after = page.next;
  }
  if (options.json === true) return tools.print(JSON.stringify(all, null, 2));
  if (all.length === 0) return tools.print("Nothing is held.");
  tools.print(
    textTable([
      ["SUBJECT", "STATUS", "PLACED", "BY", "REASON"],
      ...all.map(({ id, status, placed_at: at, placed_by: by, reason }) => [
        id,
        status,
        new Date(at * 1000).toISOString(),
        by,
        reason,
      ]),
    ]),
  );
}
