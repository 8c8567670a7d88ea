import { isIP } from "node:net";
import { Command } from "commander";
import { type ErrorCode, errorEntry } from "../../contracts/api/errors.ts";
import { scopeOf } from "../../contracts/openapi/operation-access.ts";
import { OPERATIONS } from "../../contracts/openapi/operations.ts";
import type { ApiKeyItem } from "../../contracts/processes/auth.ts";
import { decideKeyUse, type KeyDecision } from "../../domain/keys/key-decision.ts";
import { UserError } from "../terminal/user-error.ts";
import type { KeyTableOptions } from "./key-table.ts";
import { type KeysTools, withKeys } from "./with-keys.ts";

export interface CanTools extends KeysTools {
  /** Sets the exit code: 1 where the key may not. */
  finish(code: number): void;
}

interface CanOptions extends KeyTableOptions {
  readonly from?: string;
}

/** What an action is about: a model, or what belongs to a key; both are absent for `any`. */
interface Resource {
  readonly model?: string | undefined;
  readonly ownerId?: string | undefined;
}

type Operation = (typeof OPERATIONS)[number];

/** `sluice can KEY ACTION [RESOURCE]`. */
export function canCommand(tools: CanTools): Command {
  return new Command("can")
    .description("show whether a key may do something, and the rule that decides")
    .argument("<key-id>", "id of the key, as `sluice keys list` shows it")
    .argument("<action>", 'an operation: its id like createChatCompletion, or like "POST /v1/chat/completions"')
    .argument("[resource]", "model:NAME, key:ID for what belongs to a key, or any", "any")
    .option("--from <address>", "address of the client (default any)")
    .option("--environment <name>", "the environment; required with --aws")
    .option("--aws", "use the keys of the deployed environment, with your AWS credentials")
    .action((keyId: string, action: string, resource: string, options: CanOptions) =>
      can({ keyId, operation: operationOf(action), resource: resourceOf(resource) }, options, tools),
    );
}

interface KeyUseRequest {
  readonly keyId: string;
  readonly operation: Operation;
  readonly resource: Resource;
}

async function can(request: KeyUseRequest, { from, ...tableOptions }: CanOptions, tools: CanTools): Promise<void> {
  if (from !== undefined && isIP(from) === 0)
    throw new UserError(`--from must be an IP address, got "${from}"; write it like 203.0.113.7.`);
  const table = await tools.table(tableOptions);
  const item = await withKeys(table, tools, async (keys) => {
    const key = await keys.key(request.keyId);
    if (key?.projectId === undefined) return key;
    return { ...key, modelPermissions: await keys.modelPermissions(key.projectId) };
  });
  const { isAllowed, rule } = decide(request, item, from, tools.now().getTime());
  if (isAllowed) return tools.print(`allowed: ${rule}`);
  const code = errorOf(rule);
  tools.print(`refused: ${rule} (${errorEntry(code).status} ${code})`);
  tools.finish(1);
}

/** As the gateway decides where keys are required. */
function decide(
  { keyId, operation, resource: { model, ownerId } }: KeyUseRequest,
  item: ApiKeyItem | undefined,
  address: string | undefined,
  now: number,
): KeyDecision {
  const scope = scopeOf(operation.access);
  if (scope === undefined) return { isAllowed: true, rule: operation.access };
  const decision = decideKeyUse(item, { scope, address, model }, now);
  if (!decision.isAllowed || ownerId === undefined || ownerId === keyId) return decision;
  return { isAllowed: false, rule: OTHERS };
}

/** Files, batches and responses are those of the key that created them, for every other key they do not exist. */
const OTHERS = "belongs-to-another-key";

function errorOf(rule: string): ErrorCode {
  if (rule === OTHERS) return "not_found";
  if (rule.startsWith("key-not-for-model:")) return "model_not_found";
  return rule.startsWith("key-lacks-scope:") || rule === "key-not-for-address"
    ? "permission_denied"
    : "invalid_api_key";
}

/** @throws {UserError} */
function operationOf(action: string): Operation {
  const [method = "", path = ""] = action.split(" ");
  const found = OPERATIONS.find(
    (operation) =>
      operation.operationId === action ||
      (operation.method === method.toLowerCase() && pathForm(operation.path).test(path)),
  );
  if (found !== undefined) return found;
  throw new UserError(
    `There is no operation "${action}"; use one of ${OPERATIONS.map(({ operationId }) => operationId).join(", ")}, or a method and a path like "GET /v1/models".`,
  );
}

function pathForm(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

/** @throws {UserError} */
function resourceOf(text: string): Resource {
  if (text === "any") return {};
  const [, kind, name] = /^(model|key):(.+)$/.exec(text) ?? [];
  if (kind === undefined)
    throw new UserError(
      `The resource must be model:NAME, key:ID or any, got "${text}"; write it like model:phi-3-mini.`,
    );
  return kind === "model" ? { model: name } : { ownerId: name };
}
