import type { RecordKind, RecordOf } from "../../contracts/control/records.ts";
import type { PathParameter, PathRecords } from "./call/control-call.ts";
import { type ControlError, notFound } from "./call/control-error.ts";
import type { ControlStore } from "./store/control-store.ts";

export interface ResolvedPath {
  readonly records: Partial<PathRecords>;
  readonly membership: RecordOf<"membership"> | undefined;
  /** Why the path is not found although its project is. It is thrown once the caller is known to see the project. */
  readonly missing: ControlError | undefined;
}

/** The record that each parameter names, and its name for people. Those of a project are found by the project's id. */
const RECORDS = {
  project_id: { kind: "project", noun: "project", isOfProject: false },
  user_id: { kind: "user", noun: "user", isOfProject: false },
  invite_id: { kind: "invite", noun: "invitation", isOfProject: false },
  admin_key_id: { kind: "adminKey", noun: "admin key", isOfProject: false },
  service_account_id: { kind: "serviceAccount", noun: "service account", isOfProject: true },
  api_key_id: { kind: "projectKey", noun: "API key", isOfProject: true },
} as const satisfies Readonly<
  Record<PathParameter, { readonly kind: RecordKind; readonly noun: string; readonly isOfProject: boolean }>
>;
const PARAMETERS = Object.keys(RECORDS) as readonly PathParameter[];

/**
 * Reads the records that a path names, before it is decided what the caller may do: so an id of another organisation is
 * not found for every role.
 * @throws {ControlError} when the project does not exist
 */
export async function resolvePath(
  store: ControlStore,
  organizationId: string,
  parameters: Readonly<Record<string, string>>,
): Promise<ResolvedPath> {
  const { project_id: projectId, user_id: userId } = parameters;
  const named = PARAMETERS.flatMap((parameter) => {
    const id = parameters[parameter];
    return id === undefined ? [] : [{ parameter, id, ...RECORDS[parameter] }];
  });
  const [membership, ...found] = await Promise.all([
    projectId === undefined || userId === undefined
      ? undefined
      : store.get(organizationId, { kind: "membership", ids: [projectId, userId] }),
    ...named.map(({ kind, id, isOfProject }) =>
      store.get(organizationId, { kind, ids: isOfProject ? [projectId ?? "", id] : [id] }),
    ),
  ]);
  const absent = named.find(
    ({ parameter }, index) =>
      found[index] === undefined || (parameter === "user_id" && projectId !== undefined && membership === undefined),
  );
  const missing = absent && notFound(absent.noun, absent.id);
  if (absent?.parameter === "project_id") throw missing;
  return {
    records: Object.fromEntries(named.map(({ parameter }, index) => [parameter, found[index]])),
    membership,
    missing,
  };
}
