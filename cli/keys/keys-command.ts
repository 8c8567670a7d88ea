import { Command } from "commander";
import { type ApiKeyItem, DEFAULT_PLAN, KeyScope } from "../../contracts/auth.ts";
import { PRIORITIES, Priority } from "../../contracts/priority.ts";
import { newApiKey } from "../../domain/api-key.ts";
import { textTable } from "../terminal/text-table.ts";
import { UserError } from "../terminal/user-error.ts";
import type { KeyRegistry } from "./key-registry.ts";
import type { KeysPlace, PlaceOptions } from "./key-table.ts";
import { explainedAwsError } from "./key-table-error.ts";

export interface KeysTools {
  print(text: string): void;
  place(options: PlaceOptions): Promise<KeysPlace>;
  registry(place: KeysPlace): KeyRegistry;
  now(): Date;
}

interface CreateOptions extends PlaceOptions {
  readonly name: string;
  readonly plan?: string;
  readonly scope?: readonly string[];
  readonly priority?: string;
}

/** `sluice keys create|list|revoke`. */
export function keysCommand(tools: KeysTools): Command {
  const keys = new Command("keys").description("API keys, of the local stack or on AWS");
  const placed = (command: Command) =>
    command
      .option("--environment <name>", "the environment; with --aws it must be given")
      .option("--aws", "the deployed environment's keys, with your AWS credentials");
  placed(keys.command("create").description("make a key; it is shown once"))
    .requiredOption("--name <name>", "whose key it is, for the list")
    .option("--plan <plan>", `usage plan (default ${DEFAULT_PLAN})`)
    .option("--scope <scope...>", "what it may do beside using the models: admin changes providers and routes")
    .option("--priority <priority>", `highest that its requests may ask for: ${PRIORITIES.join(", ")} (default normal)`)
    .action((options: CreateOptions) => create(options, tools));
  placed(keys.command("list").description("list the keys, without their secrets")).action((options: PlaceOptions) =>
    list(options, tools),
  );
  placed(keys.command("revoke <key-id>").description("refuse a key from now on (within 5 s everywhere)")).action(
    (keyId: string, options: PlaceOptions) => revoke(keyId, options, tools),
  );
  return keys;
}

/** Does something with the keys of a place; errors of AWS's become what the user can do about them. */
async function withKeys<T>(place: KeysPlace, tools: KeysTools, use: (keys: KeyRegistry) => Promise<T>): Promise<T> {
  try {
    return await use(tools.registry(place));
  } catch (error) {
    throw explainedAwsError(error, place);
  }
}

async function create(options: CreateOptions, tools: KeysTools): Promise<void> {
  const { name: given, plan = DEFAULT_PLAN, scope = [], priority, ...where } = options;
  const place = await tools.place(where);
  const name = given.trim();
  if (name === "" || name.length > 100)
    throw new UserError(`--name must have 1 to 100 characters, got ${name.length}; say whose key it is.`);
  if (!place.plans.includes(plan))
    throw new UserError(
      `--plan must be a usage plan of ${place.environment}, got "${plan}"; use ${place.plans.join(" or ")}.`,
    );
  const scopes = scope.map((text) => scopeOf(text));
  const maxPriority = Priority.optional().safeParse(priority);
  if (!maxPriority.success)
    throw new UserError(`--priority must be a priority, got "${priority}"; use ${PRIORITIES.join(" or ")}.`);
  const { keyId, secret, hash } = newApiKey();
  const item: ApiKeyItem = {
    keyId,
    hash,
    name,
    plan,
    createdAt: tools.now().toISOString(),
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(maxPriority.data === undefined ? {} : { maxPriority: maxPriority.data }),
  };
  await withKeys(place, tools, (keys) => keys.add(item));
  tools.print(
    `${secret}\n\nKeep it: it is not shown again. Id ${keyId}, plan ${plan}, environment ${place.environment}.${scopes.length === 0 ? "" : ` Scope ${scopes.join(", ")}.`}`,
  );
}

/** @throws {UserError} */
function scopeOf(text: string): KeyScope {
  const scope = KeyScope.safeParse(text);
  if (scope.success) return scope.data;
  throw new UserError(
    `--scope must be ${KeyScope.options.join(" or ")}, got "${text}"; leave it out for a key that uses the models.`,
  );
}

async function list(options: PlaceOptions, tools: KeysTools): Promise<void> {
  const place = await tools.place(options);
  const items = await withKeys(place, tools, (keys) => keys.list());
  if (items.length === 0) {
    tools.print(`No keys in ${place.environment}; make one with \`sluice keys create --name NAME\`.`);
    return;
  }
  const rows = [["ID", "NAME", "PLAN", "CREATED", "STATE"], ...items.map(row)];
  tools.print(textTable(rows));
}

function row({ keyId, name, plan, createdAt, revokedAt }: ApiKeyItem): readonly string[] {
  return [keyId, name, plan, createdAt.slice(0, 16), revokedAt ? `revoked ${revokedAt.slice(0, 16)}` : "active"];
}

async function revoke(keyId: string, options: PlaceOptions, tools: KeysTools): Promise<void> {
  const place = await tools.place(options);
  const found = await withKeys(place, tools, (keys) => keys.revoke(keyId, tools.now()));
  if (!found)
    throw new UserError(`There is no key ${keyId} in ${place.environment}; \`sluice keys list\` shows the ids.`);
  tools.print(`Revoked ${keyId}: refused everywhere within 5 s.`);
}
