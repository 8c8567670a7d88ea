import {
  ANONYMOUS_PLAN,
  type ApiKeyItem,
  type AuthMode,
  type AuthorizerContext,
} from "../../contracts/processes/auth.ts";
import { addressBucket } from "../../domain/client-address.ts";
import { apiKeyId, bearerCredential } from "../../domain/keys/api-key.ts";
import { checkKey } from "../../domain/keys/check-key.ts";
import type { FailedKeys } from "../../domain/keys/failed-keys.ts";
import { hasScope } from "../../domain/keys/key-item.ts";
import type { TokenPlans } from "./token-plans.ts";

export interface AuthorizeRequest {
  /** Address of the client, as API Gateway has it. @default - unknown, and its wrong keys are not counted */
  readonly sourceIp?: string | undefined;
  /** The `Authorization` header, as the client sent it. */
  readonly authorization: string | undefined;
  /** `arn:aws:execute-api:<region>:<account>:<api>/<stage>/<method>/<path>` */
  readonly methodArn: string;
}

export interface AuthorizeOptions {
  readonly mode: Exclude<AuthMode, "off">;
  /** Plan name → API key value that identifies it in API Gateway. */
  readonly planKeys: Readonly<Record<string, string>>;
  readonly findKey: (keyId: string) => Promise<ApiKeyItem | undefined>;
  /** Tokens that are valid in place of keys. @default - none is */
  readonly tokens?: TokenPlans | undefined;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  /** Refused keys of the client addresses. @default - they are not counted */
  readonly failedKeys?: FailedKeys;
  /** Milliseconds of a monotonic clock. @default - performance.now */
  readonly now?: () => number;
}

/** Paths below it require an operator's key; which of the scopes each of them needs is the gateway's to check. */
const ADMIN_PATHS = "/admin/";

/** The authorizer's result, in API Gateway's format. */
export interface Authorization {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: "2012-10-17";
    readonly Statement: readonly {
      readonly Action: string;
      readonly Effect: "Allow" | "Deny";
      readonly Resource: string;
    }[];
  };
  readonly context: AuthorizerContext;
  readonly usageIdentifierKey: string;
}

interface Identity extends AuthorizerContext {
  readonly isOperator: boolean;
  /** Whether the scopes of a token permit nothing. @default false */
  readonly mayNothing?: boolean;
}

/** API Gateway turns exactly this message into 401, and any other into 500. */
export function unauthorized(): Error {
  return new Error("Unauthorized");
}

/**
 * Identifies the caller of a request.
 * @throws `Unauthorized` for a wrong, revoked, expired or missing key; any other error is an internal failure
 */
export async function authorize(request: AuthorizeRequest, options: AuthorizeOptions): Promise<Authorization> {
  const { keyId, plan, isOperator, mayNothing = false } = await identify(request, options);
  const usageIdentifierKey = options.planKeys[plan];
  if (usageIdentifierKey === undefined) {
    throw new Error(
      `Key ${keyId} is on plan "${plan}", which is not among ${Object.keys(options.planKeys).join(", ")}; ` +
        "add the plan to api.usagePlans or make a new key",
    );
  }
  const stage = stageOf(request.methodArn);
  return {
    principalId: keyId,
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        // API Gateway answers 403, as the gateway does.
        { Action: "execute-api:Invoke", Effect: mayNothing ? "Deny" : "Allow", Resource: `${stage}/*` },
        ...(isOperator || mayNothing
          ? []
          : [{ Action: "execute-api:Invoke", Effect: "Deny" as const, Resource: `${stage}/*${ADMIN_PATHS}*` }]),
      ],
    },
    context: { keyId, plan },
    usageIdentifierKey,
  };
}

async function identify(
  { authorization, methodArn, sourceIp }: AuthorizeRequest,
  options: AuthorizeOptions,
): Promise<Identity> {
  const { mode, findKey, wallClock } = options;
  const header = authorization?.trim() ?? "";
  const isOpen = mode === "optional" && !methodArn.includes(ADMIN_PATHS);
  // A client with an empty key sends the scheme alone; the gateway treats both as no key.
  if ((header === "" || /^bearer$/i.test(header)) && isOpen)
    return { keyId: ANONYMOUS_PLAN, plan: ANONYMOUS_PLAN, isOperator: false };
  const secret = bearerCredential(header) ?? "";
  if (secret === "") throw unauthorized();
  if (options.tokens?.has(secret)) return await identifyToken(secret, sourceIp, options.tokens, options);
  const keyId = apiKeyId(secret);
  const failures = failuresOf(sourceIp, keyId, options);
  // API Gateway has no 429 for an authorizer: the key of a throttled address is refused without being looked up.
  if (failures.isThrottled()) throw unauthorized();
  const item = keyId === undefined ? undefined : await findKey(keyId);
  // API Gateway caches the result for all paths and addresses, so scopes for the data plane, addresses and models are
  // the gateway's to check.
  if (keyId === undefined || checkKey(secret, item, {}, wallClock()) !== undefined || item === undefined) {
    failures.failed();
    throw unauthorized();
  }
  failures.worked(keyId);
  return { keyId, plan: item.plan, isOperator: hasScope(item, "observe") };
}

/** Whether its principal is a user with a project is for the gateway to check: API Gateway caches this result for all projects. */
async function identifyToken(
  token: string,
  sourceIp: string | undefined,
  tokens: TokenPlans,
  options: AuthorizeOptions,
): Promise<Identity> {
  const failures = failuresOf(sourceIp, undefined, options);
  if (failures.isThrottled()) throw unauthorized();
  const plan = await tokens.planOf(token);
  if (plan !== undefined) return { ...plan.context, mayNothing: plan.mayNothing, isOperator: false };
  failures.failed();
  throw unauthorized();
}

/** The count of refused keys at the address of a request. */
function failuresOf(
  sourceIp: string | undefined,
  keyId: string | undefined,
  { failedKeys, now = () => performance.now() }: AuthorizeOptions,
) {
  const address = addressBucket(sourceIp ?? "");
  if (failedKeys === undefined || address === undefined)
    return { isThrottled: () => false, failed: () => undefined, worked: () => undefined };
  return {
    isThrottled: () => failedKeys.waitSeconds(address, keyId, now()) !== undefined,
    failed: () => failedKeys.failed(address, now()),
    worked: (id: string) => failedKeys.worked(address, id, now()),
  };
}

/** API Gateway caches the policy for all methods, so it must cover the whole stage, or the next path would be refused. */
function stageOf(methodArn: string): string {
  return methodArn.split("/").slice(0, 2).join("/");
}
