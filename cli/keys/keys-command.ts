import { Command } from "commander";
import { type ApiKeyItem, DEFAULT_PLAN, KeyScope } from "../../contracts/processes/auth.ts";
import { PRIORITIES, Priority } from "../../contracts/processes/priority.ts";
import { createKey } from "../../domain/keys/key-item.ts";
import { type RotateResult, rotateKey } from "../../domain/keys/rotate-key.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import {
  addressesOption,
  expiryOf,
  idempotencyKeyOption,
  listOption,
  scopesOption,
  spanSeconds,
} from "./key-options.ts";
import type { KeyTableOptions } from "./key-table.ts";
import { type KeysTools, withKeys } from "./with-keys.ts";

interface CreateOptions extends KeyTableOptions {
  readonly name: string;
  readonly plan?: string;
  readonly scope?: readonly string[];
  readonly priority?: string;
  readonly expires?: string;
  readonly models?: readonly string[];
  readonly addresses?: readonly string[];
  readonly project?: string;
}

interface RotateOptions extends KeyTableOptions {
  readonly overlap: string;
  readonly idempotencyKey?: string;
}

/** `sluice keys create|list|rotate|revoke`. */
export function keysCommand(tools: KeysTools): Command {
  const keys = new Command("keys").description(
    "create, list, rotate and revoke API keys of the local stack or of an environment on AWS",
  );
  const withTableOptions = (command: Command) =>
    command
      .option("--environment <name>", "the environment; required with --aws")
      .option("--aws", "use the keys of the deployed environment, with your AWS credentials");
  withTableOptions(keys.command("create").description("create a key and show it once"))
    .requiredOption("--name <name>", "owner or purpose of the key, shown by list")
    .option("--plan <plan>", `usage plan (default ${DEFAULT_PLAN})`)
    .option("--scope <scope...>", `what the key may do: ${KeyScope.options.join(", ")} (default generate)`)
    .option(
      "--priority <priority>",
      `highest priority that its requests may have: ${PRIORITIES.join(", ")} (default normal)`,
    )
    .option(
      "--expires <when>",
      "when it ends: a span like 90d, a date (UTC) like 2027-01-31, or a time with zone (default never)",
    )
    .option("--models <model...>", "public names of the models that it may use (default all)")
    .option("--addresses <range...>", "ranges of client addresses, like 203.0.113.0/24 (default all)")
    .option("--project <id>", "the project that it belongs to")
    .action((options: CreateOptions) => create(options, tools));
  withTableOptions(keys.command("list").description("list the keys, without their secrets")).action(
    (options: KeyTableOptions) => list(options, tools),
  );
  withTableOptions(keys.command("rotate <key-id>").description("give a key a new secret and show it once"))
    .option("--overlap <span>", "how long the secret of now works too; 0 ends it now", "24h")
    .option("--idempotency-key <text>", "the same text within ten minutes prints the same secret again")
    .action((keyId: string, options: RotateOptions) => rotate(keyId, options, tools));
  withTableOptions(
    keys.command("revoke <key-id>").description("revoke a key; all gateways refuse it within 1 s"),
  ).action((keyId: string, options: KeyTableOptions) => revoke(keyId, options, tools));
  return keys;
}

async function create(options: CreateOptions, tools: KeysTools): Promise<void> {
  const { name: text, plan = DEFAULT_PLAN, priority, expires, project, ...rest } = options;
  const { scope, models, addresses, ...tableOptions } = rest;
  const table = await tools.table(tableOptions);
  const name = text.trim();
  if (name === "" || name.length > 100)
    throw new UserError(`--name must have 1 to 100 characters, got ${name.length}; name the key's owner or purpose.`);
  if (!table.plans.includes(plan))
    throw new UserError(
      `--plan must be a usage plan of ${table.environment}, got "${plan}"; use ${table.plans.join(" or ")}.`,
    );
  const scopes = scope && scopesOption(scope);
  const maxPriority = Priority.optional().safeParse(priority);
  if (!maxPriority.success)
    throw new UserError(`--priority must be a priority, got "${priority}"; use ${PRIORITIES.join(" or ")}.`);
  const { secret, item } = createKey({
    name,
    plan,
    createdAt: tools.now(),
    maxPriority: maxPriority.data,
    scopes,
    expiresAt: expires === undefined ? undefined : expiryOf(expires, tools.now()),
    models: models && listOption(models),
    addresses: addresses && addressesOption(addresses),
    projectId: project,
  });
  await withKeys(table, tools, (keys) => keys.add(item));
  tools.print(
    `${secret}\n\nStore it now: it is not shown again. Id ${item.keyId}, plan ${plan}, environment ${table.environment}.` +
      limitsOf(item),
  );
}

/** What limits the key, a sentence each. */
function limitsOf({ scopes, models, addresses, expiresAt }: ApiKeyItem): string {
  const sentences = [
    scopes && `Scope ${scopes.join(", ")}.`,
    models && `Models ${models.join(", ")}.`,
    addresses && `Addresses ${addresses.join(", ")}.`,
    expiresAt && `Expires ${expiresAt}.`,
  ];
  return sentences.flatMap((sentence) => (sentence === undefined ? [] : ` ${sentence}`)).join("");
}

async function list(options: KeyTableOptions, tools: KeysTools): Promise<void> {
  const table = await tools.table(options);
  const unreadable: string[] = [];
  const items = await withKeys(table, tools, (keys) => keys.list((keyId) => unreadable.push(keyId)));
  if (items.length === 0 && unreadable.length === 0) {
    tools.print(`No keys in ${table.environment}; create one with \`sluice keys create --name NAME\`.`);
    return;
  }
  const head = ["ID", "NAME", "PLAN", "CREATED", "LAST USED", "STATE"];
  const others = unreadable.map((keyId) => [keyId, "", "", "", "", "refused: this release can't read it"]);
  tools.print(textTable([head, ...items.map((item) => row(item, tools.now())), ...others]));
}

function row(item: ApiKeyItem, now: Date): readonly string[] {
  const { keyId, name, plan, createdAt, lastUsedAt } = item;
  return [
    keyId,
    name,
    plan,
    minute(createdAt),
    lastUsedAt === undefined ? "-" : minute(lastUsedAt),
    stateOf(item, now),
  ];
}

function stateOf({ revokedAt, expiresAt }: ApiKeyItem, now: Date): string {
  if (revokedAt !== undefined) return `revoked ${minute(revokedAt)}`;
  if (expiresAt === undefined) return "active";
  return new Date(expiresAt) <= now ? `expired ${minute(expiresAt)}` : `active until ${minute(expiresAt)}`;
}

function minute(time: string): string {
  return time.slice(0, 16);
}

async function rotate(keyId: string, options: RotateOptions, tools: KeysTools): Promise<void> {
  const { overlap, idempotencyKey: text, ...tableOptions } = options;
  const overlapSeconds = spanSeconds("--overlap", overlap);
  const idempotencyKey = idempotencyKeyOption(text);
  const table = await tools.table(tableOptions);
  const request = { keyId, overlapSeconds, idempotencyKey, now: tools.now() };
  const result = await withKeys(table, tools, (keys) => rotateKey(request, keys));
  if (result.outcome !== "rotated") throw new UserError(NOT_ROTATED[result.outcome](keyId, table.environment));
  const { secret, previousValidUntil } = result;
  const end = overlapSeconds === 0 ? "no longer works" : `works until ${previousValidUntil}`;
  tools.print(`${secret}\n\nStore it now: it is not shown again. The secret of ${keyId} before this one ${end}.`);
}

const NOT_ROTATED = {
  absent: (keyId, environment) => `There is no key ${keyId} in ${environment}; \`sluice keys list\` shows the ids.`,
  revoked: (keyId) => `${keyId} is revoked and can't be rotated; make a new key with \`sluice keys create\`.`,
  conflict: (keyId) => `${keyId} was rotated by another command at the same time; run this one again if that is meant.`,
} as const satisfies Record<
  Exclude<RotateResult["outcome"], "rotated">,
  (keyId: string, environment: string) => string
>;

async function revoke(keyId: string, options: KeyTableOptions, tools: KeysTools): Promise<void> {
  const table = await tools.table(options);
  const missed: string[] = [];
  const found = await withKeys(table, tools, (keys) =>
    keys.revoke(keyId, tools.now(), (reason) => void missed.push(reason)),
  );
  if (!found)
    throw new UserError(`There is no key ${keyId} in ${table.environment}; \`sluice keys list\` shows the ids.`);
  tools.print(`Revoked ${keyId}: all gateways refuse it within 1 s.`);
  for (const reason of missed)
    tools.print(
      `No key.revoked was sent to webhooks (${reason}): the table ${table.control?.table} needs dynamodb:GetItem, Query and PutItem.`,
    );
}
