import { Command } from "commander";
import * as z from "zod";
import { ControlScope } from "../../contracts/control/scopes.ts";
import { controlTableName } from "../../contracts/processes/names.ts";
import { DEFAULT_ORGANIZATION } from "../../contracts/processes/people.ts";
import { newAdminKey } from "../../domain/keys/admin-key.ts";
import { firstAdminKey } from "../../domain/tenancy/first-admin-key.ts";
import { isDeactivated } from "../../domain/tenancy/join-organization.ts";
import { listOption, spanSeconds } from "../keys/key-options.ts";
import type { KeyTable, KeyTableOptions } from "../keys/key-table.ts";
import { keyTableError } from "../keys/key-table-error.ts";
import { UserError } from "../terminal/user-error.ts";
import type { ControlTable } from "./control-table.ts";

export interface AdminKeysTools {
  print(text: string): void;
  /** Finds the environment; its keys table is not used. */
  table(options: KeyTableOptions): Promise<KeyTable>;
  control(table: KeyTable): ControlTable;
  now(): Date;
}

interface CreateOptions extends KeyTableOptions {
  readonly email: string;
  readonly name: string;
  readonly organization: string;
  readonly expires?: string;
  readonly scope?: readonly string[];
}

/** Tries of a change while other changes come between. */
const MAX_ATTEMPTS = 4;

/** `sluice admin-keys create`. */
export function adminKeysCommand(tools: AdminKeysTools): Command {
  const command = new Command("admin-keys").description("create keys of the control API, /v1/organization");
  command
    .command("create")
    .description("create an admin key and show it once; makes the organisation and its owner where they are absent")
    .requiredOption("--email <email>", "the user that the key acts as")
    .option("--name <name>", "purpose of the key", "command line")
    .option("--organization <id>", "the organisation", DEFAULT_ORGANIZATION)
    .option("--expires <span>", "when it ends, a span like 90d (default never)")
    .option("--scope <scope...>", "what it may do at most, such as users.read (default all that the user may do)")
    .option("--environment <name>", "the environment; required with --aws")
    .option("--aws", "use the deployed environment, with your AWS credentials")
    .action((options: CreateOptions) => create(options, tools));
  return command;
}

/** The last error is of a table that other changes reach all the time. */
async function create(options: CreateOptions, tools: AdminKeysTools) {
  const { email: text, name, organization, expires, scope, ...rest } = options;
  const email = checked("--email", text.toLowerCase(), z.email().max(254), "must be an e-mail address");
  checked("--name", name, z.string().min(1).max(100), "must have 1 to 100 characters");
  const rule = "must be 1 to 40 of a-z, 0-9 and -";
  const organizationId = checked("--organization", organization, z.string().regex(/^[a-z0-9-]{1,40}$/), rule);
  const expiresInSeconds = expires === undefined ? undefined : spanSeconds("--expires", expires);
  const scopes = scope && scopesOption(scope);
  const table = await tools.table(rest);
  const control = tools.control(table);
  try {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const made = newAdminKey();
      const found = await control.find(organizationId, email);
      if (isDeactivated(found))
        throw new UserError(
          `--email ${email}: the identity provider has deactivated this user; activate it there first.`,
        );
      const nowMs = tools.now().getTime();
      const request = { organizationId, email, name, expiresInSeconds, scopes, nowMs };
      const { user, keyId, changes } = firstAdminKey(found, request, made);
      if (!(await control.write(organizationId, changes))) continue;
      tools.print(
        `${made.secret}\n\nStore it now: it is not shown again. Id ${keyId}, of ${user.email} (${user.role}) in the ` +
          `organisation ${organizationId}, environment ${table.environment}.` +
          (scopes === undefined ? "" : ` It may do at most ${scopes.join(", ")}.`),
      );
      return;
    }
  } catch (error) {
    throw tableError(error, table);
  }
  throw new UserError("Other changes came between four times; run the command again.");
}

/** @throws {UserError} */
function scopesOption(texts: readonly string[]): readonly ControlScope[] {
  const rule = `must be some of ${ControlScope.options.join(", ")}`;
  const scopes = listOption(texts);
  if (scopes.length === 0) throw new UserError(`--scope ${rule}, got none; name one, or leave --scope out.`);
  return [...new Set(scopes.map((text) => checked("--scope", text, ControlScope, rule)))];
}

function checked<T>(option: string, value: string, schema: z.ZodType<T>, rule: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new UserError(`${option} ${rule}, got "${value}"; correct it.`);
}

function tableError(error: unknown, { environment, ...table }: KeyTable): unknown {
  if (error instanceof Error && error.name === "ResourceNotFoundException")
    return new UserError(
      `${environment} has no control API: there is no table ${controlTableName(environment)} in ${table.region}; set ` +
        "`api.controlApi: true` in its file and deploy it, or start the local stack again.",
    );
  return keyTableError(error, { environment, ...table, table: controlTableName(environment) });
}
