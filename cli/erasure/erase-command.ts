import { existsSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { Erasure, ErasurePage, SubjectId } from "../../contracts/erasure/erasure.ts";
import type { AdminClient } from "../admin/admin-client.ts";
import { publicKeyIn } from "../audit/verification.ts";
import { verifyReport } from "../audit/verify-report.ts";
import {
  type ControlOptions,
  type ControlTools,
  controlClient,
  withControlOptions,
} from "../control/control-endpoint.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";

export interface EraseTools extends ControlTools {
  wait(ms: number): Promise<unknown>;
  /** Sets the exit code of the process. */
  finish(code: number): void;
}

interface EraseOptions extends ControlOptions {
  readonly subject?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  /** File of the report. */
  readonly output?: string;
}

const ERASURES = "/v1/organization/erasures";
/** Between two requests that go on with an erasure. */
const PAUSE_MS = 5000;
/** A project with millions of generations takes hours; the command may be run again. */
const MAX_REQUESTS = 1000;
/** The sealer signs each minute. */
const MAX_WAITS_FOR_REPORT = 30;

/** `sluice erase`: ends a user, service account or project with all that is stored of it. */
export function eraseCommand(tools: EraseTools): Command {
  const erase = withControlOptions(new Command("erase"))
    .description("erase a user, service account or project for good, with a signed report")
    .option("--subject <id>", "user-…, svc_acct_… or proj_…")
    .option("--reason <text>", "why, for the audit log")
    .option("--yes", "erase: nothing of it can be restored")
    .option("--output <file>", "file for the signed report (default: erasure-<id>.json)")
    .action((options: EraseOptions) => run(options, tools));
  withControlOptions(erase.command("list"))
    .description("list erasures")
    // An option of both commands is read by the outer one.
    .action((_: ControlOptions, command: Command) => list(command.optsWithGlobals(), tools));
  erase
    .command("verify <report>")
    .description("check the signature of a report; exit code 1 where it does not hold")
    .requiredOption(
      "--public-key <file...>",
      "public keys of the audit trail, PEM: `sluice audit public-key` writes one",
    )
    .action((file: string, { publicKey }: { readonly publicKey: readonly string[] }) => verify(file, publicKey, tools));
  return erase;
}

async function run(options: EraseOptions, tools: EraseTools): Promise<void> {
  const { subject, reason, yes = false } = options;
  if (subject === undefined) throw new UserError("--subject is missing: the id of a user, service account or project.");
  if (!SubjectId.safeParse(subject).success)
    throw new UserError(
      `--subject must be the id of a user, a service account or a project (user-…, svc_acct_… or proj_…), got ${subject}.`,
    );
  if (!yes)
    throw new UserError(
      `${subject} would be erased for good: its keys and sessions, history, stored responses, files and batches. Add --yes to do it.`,
    );
  const output = options.output ?? `erasure-${subject.replaceAll(/[^\w-]/g, "_")}.json`;
  if (existsSync(output)) throw new UserError(`${output} is there already; name another file with --output.`);
  const client = controlClient(options, tools);
  const body = { subject_id: subject, ...(reason === undefined ? {} : { reason }) };
  const request = () => client.call({ method: "POST", path: ERASURES, body }, Erasure);
  const first = await request();
  const wasCompleted = first.status === "completed";
  const completed = await untilCompleted(first, request, tools);
  const signed = await untilSigned(completed, client, tools);
  const { report } = signed;
  if (report === null)
    throw new UserError(
      `${subject} is erased, and its report is not signed after ${(MAX_WAITS_FOR_REPORT * PAUSE_MS) / 1000} s: run the command again, and see "The sealer stops" in docs/audit.md.`,
    );
  writeFileSync(output, `${JSON.stringify(report, null, 2)}\n`, { flag: "wx", mode: 0o600 });
  if (options.json === true) return tools.print(JSON.stringify(signed, null, 2));
  const at = report.statement.completed_at;
  tools.print(wasCompleted ? `${subject} was erased already, at ${at}.` : `${subject} is erased, at ${at}.`);
  const counts = Object.entries(signed.erased).map(([name, count]) => [name.replaceAll("_", " "), String(count)]);
  tools.print(textTable([["ERASED", "COUNT"], ...counts]));
  tools.print(`Signed report: ${output}`);
}

async function untilCompleted(first: Erasure, request: () => Promise<Erasure>, { wait }: EraseTools): Promise<Erasure> {
  let erasure = first;
  for (let sent = 1; erasure.status !== "completed"; sent++) {
    if (sent === MAX_REQUESTS)
      throw new UserError(`${erasure.id} is being erased, and there is more; run the command again to go on.`);
    await wait(PAUSE_MS);
    erasure = await request();
  }
  return erasure;
}

async function untilSigned(completed: Erasure, client: AdminClient, { wait }: EraseTools): Promise<Erasure> {
  let erasure = completed;
  for (let waits = 0; erasure.report === null && waits < MAX_WAITS_FOR_REPORT; waits++) {
    await wait(PAUSE_MS);
    const path = `${ERASURES}/${encodeURIComponent(erasure.id)}`;
    erasure = await client.call({ method: "GET", path }, Erasure);
  }
  return erasure;
}

async function list(options: ControlOptions, tools: EraseTools): Promise<void> {
  const client = controlClient(options, tools);
  const all: Erasure[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const query = after === undefined ? "" : `&after=${encodeURIComponent(after)}`;
    const page = await client.call({ method: "GET", path: `${ERASURES}?limit=100${query}` }, ErasurePage);
    all.push(...page.data);
    after = page.next;
  }
  if (options.json === true) return tools.print(JSON.stringify(all, null, 2));
  if (all.length === 0) return tools.print("Nothing was erased yet.");
  const at = (seconds: number | null) => (seconds === null ? "" : new Date(seconds * 1000).toISOString());
  tools.print(
    textTable([
      ["SUBJECT", "STATUS", "STARTED", "COMPLETED", "REPORT"],
      ...all.map(({ id, status, started_at: from, completed_at: to, report }) => [
        id,
        status,
        at(from),
        at(to),
        report === null ? "not signed yet" : "signed",
      ]),
    ]),
  );
}

function verify(file: string, publicKeys: readonly string[], tools: EraseTools): void {
  const { isIntact, text } = verifyReport(file, publicKeys.map(publicKeyIn));
  tools.print(text);
  tools.finish(isIntact ? 0 : 1);
}
