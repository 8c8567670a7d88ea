import { Command } from "commander";
import { type ApiKeyItem, DEFAULT_PLAN, KeyScope } from "../../contracts/processes/auth.ts";
import { PRIORITIES, Priority } from "../../contracts/processes/priority.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import type { KeyRegistry } from "./key-registry.ts";
import type { KeyTable, KeyTableOptions } from "./key-table.ts";
import { keyTableError } from "./key-table-error.ts";

export interface KeysTools {
  print(text: string): void;
  table(options: KeyTableOptions): Promise<KeyTable>;
  registry(table: KeyTable): KeyRegistry;
  now(): Date;
}

interface CreateOptions extends KeyTableOptions {
  readonly name: string;
  readonly plan?: string;
  readonly scope?: readonly string[];
  readonly priority?: string;
}

/** `sluice keys create|list|revoke`. */
export function keysCommand(tools: KeysTools): Command {
  const keys = new Command("keys").description(
    "create, list and revoke API keys of the local stack or of an environment on AWS",
  );
  const withTableOptions = (command: Command) =>
    command
      .option("--environment <name>", "the environment; required with --aws")
      .option("--aws", "use the keys of the deployed environment, with your AWS credentials");
  withTableOptions(keys.command("create").description("create a key and show it once"))
    .requiredOption("--name <name>", "owner or purpose of the key, shown by list")
    .option("--plan <plan>", `usage plan (default ${DEFAULT_PLAN})`)
    .option("--scope <scope...>", "what the key may do: read, generate, admin (default generate)")
    .option(
      "--priority <priority>",
      `highest priority that its requests may have: ${PRIORITIES.join(", ")} (default normal)`,
    )
    .action((options: CreateOptions) => create(options, tools));
  withTableOptions(keys.command("list").description("list the keys, without their secrets")).action(
    (options: KeyTableOptions) => list(options, tools),
  );
  withTableOptions(
    keys.command("revoke <key-id>").description("revoke a key; all gateways refuse it within 5 s"),
  ).action((keyId: string, options: KeyTableOptions) => revoke(keyId, options, tools));
  return keys;
}

/** Runs an operation on a table's keys and explains AWS's errors. */
async function withKeys<T>(table: KeyTable, tools: KeysTools, use: (keys: KeyRegistry) => Promise<T>): Promise<T> {
  try {
    return await use(tools.registry(table));
  } catch (error) {
    throw keyTableError(error, table);
  }
}

async function create(options: CreateOptions, tools: KeysTools): Promise<void> {
  const { name: text, plan = DEFAULT_PLAN, scope = [], priority, ...tableOptions } = options;
  const table = await tools.table(tableOptions);
  const name = text.trim();
  if (name === "" || name.length > 100)
    throw new UserError(`--name must have 1 to 100 characters, got ${name.length}; name the key's owner or purpose.`);
  if (!table.plans.includes(plan))
    throw new UserError(
      `--plan must be a usage plan of ${table.environment}, got "${plan}"; use ${table.plans.join(" or ")}.`,
    );
  const scopes = scope.map((text) => scopeOf(text));
  const maxPriority = Priority.optional().safeParse(priority);
  if (!maxPriority.success)
    throw new UserError(`--priority must be a priority, got "${priority}"; use ${PRIORITIES.join(" or ")}.`);
  const { secret, item } = createKey({
    name,
    plan,
    createdAt: tools.now(),
    maxPriority: maxPriority.data,
    scopes: scopes.length === 0 ? undefined : scopes,
  });
  await withKeys(table, tools, (keys) => keys.add(item));
  tools.print(
    `${secret}\n\nStore it now: it is not shown again. Id ${item.keyId}, plan ${plan}, environment ${table.environment}.` +
      `${scopes.length === 0 ? "" : ` Scope ${scopes.join(", ")}.`}`,
  );
}

/** @throws {UserError} */
function scopeOf(text: string): KeyScope {
  const scope = KeyScope.safeParse(text);
  if (scope.success) return scope.data;
  throw new UserError(
    `--scope must be ${KeyScope.options.join(" or ")}, got "${text}"; omit it for a key that uses models.`,
  );
}

async function list(options: KeyTableOptions, tools: KeysTools): Promise<void> {
  const table = await tools.table(options);
  const items = await withKeys(table, tools, (keys) => keys.list());
  if (items.length === 0) {
    tools.print(`No keys in ${table.environment}; create one with \`sluice keys create --name NAME\`.`);
    return;
  }
  const rows = [["ID", "NAME", "PLAN", "CREATED", "STATE"], ...items.map(row)];
  tools.print(textTable(rows));
}

function row({ keyId, name, plan, createdAt, revokedAt }: ApiKeyItem): readonly string[] {
  return [keyId, name, plan, createdAt.slice(0, 16), revokedAt ? `revoked ${revokedAt.slice(0, 16)}` : "active"];
}

async function revoke(keyId: string, options: KeyTableOptions, tools: KeysTools): Promise<void> {
  const table = await tools.table(options);
  const found = await withKeys(table, tools, (keys) => keys.revoke(keyId, tools.now()));
  if (!found)
    throw new UserError(`There is no key ${keyId} in ${table.environment}; \`sluice keys list\` shows the ids.`);
  tools.print(`Revoked ${keyId}: all gateways refuse it within 5 s.`);
}
