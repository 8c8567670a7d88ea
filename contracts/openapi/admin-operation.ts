import type { ErrorCode } from "../api/errors.ts";
import { type Operation, READING, withAccess } from "./operation.ts";
import { type Access, OPERATION_ACCESS, type PublishedOperationId } from "./operation-access.ts";

/** Errors of operations that take a change back. */
export const TAKING_BACK = [
  "invalid_request",
  "version_conflict",
  "changes_unavailable",
  ...READING,
] as const satisfies readonly ErrorCode[];
/** Errors of operations that change something. */
export const CHANGING = ["invalid_json", "request_too_large", ...TAKING_BACK] as const satisfies readonly ErrorCode[];

const KEY = "Needs a key with the scope `admin`.";
const OBSERVER_KEY = "Needs a key with the scope `observe`, `logs` or `admin`.";
const LOGS_KEY = "Needs a key with the scope `logs` or `admin`.";
const KEYS: Readonly<Partial<Record<Access, string>>> = { admin: KEY, observe: OBSERVER_KEY, logs: LOGS_KEY };
export const IF_MATCH = { name: "If-Match", description: 'A version in quotes, e.g. `"3"`: change that one only.' };
export const CONDITIONS = [
  IF_MATCH,
  { name: "If-None-Match", description: "`*`: only when nothing was changed before." },
];

/** What is beside the settings of an example that was changed at run time. */
export const CHANGED = {
  source: "changed",
  version: 3,
  updatedAt: "2026-01-01T00:00:00.000Z",
  updatedBy: "abcdefghijkl",
};

type Described<Id extends string> = Pick<
  Operation<Id>,
  | "path"
  | "method"
  | "operationId"
  | "summary"
  | "description"
  | "request"
  | "headerParameters"
  | "queryParameters"
  | "response"
  | "errors"
>;

/** An operation for operators; a name is the only parameter in its path. */
export function operation<const Id extends PublishedOperationId>(described: Described<Id>): Operation<Id> {
  return withAccess({
    ...described,
    description: `${described.description} ${KEYS[OPERATION_ACCESS[described.operationId]]}`,
    pathParameters: described.path.includes("{name}") ? ["name"] : [],
  });
}
