import type { RecordOf } from "../../contracts/control/records.ts";
import type { PathRecords } from "./call/control-call.ts";
import { type ControlError, notFound } from "./call/control-error.ts";
import type { ControlStore } from "./store/control-store.ts";

export interface ResolvedPath {
  readonly records: Partial<PathRecords>;
  readonly membership: RecordOf<"membership"> | undefined;
  /** Why the path is not found although its project is. It is thrown once the caller is known to see the project. */
  readonly missing: ControlError | undefined;
}

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
  const { project_id: projectId, user_id: userId, invite_id: inviteId, admin_key_id: adminKeyId } = parameters;
  const [project, user, invite, adminKey, membership] = await Promise.all([
    projectId === undefined ? undefined : store.get(organizationId, { kind: "project", ids: [projectId] }),
    userId === undefined ? undefined : store.get(organizationId, { kind: "user", ids: [userId] }),
    inviteId === undefined ? undefined : store.get(organizationId, { kind: "invite", ids: [inviteId] }),
    adminKeyId === undefined ? undefined : store.get(organizationId, { kind: "adminKey", ids: [adminKeyId] }),
    projectId === undefined || userId === undefined
      ? undefined
      : store.get(organizationId, { kind: "membership", ids: [projectId, userId] }),
  ]);
  if (projectId !== undefined && !project) throw notFound("project", projectId);
  const isUserMissing = userId !== undefined && (!user || (project && !membership));
  const isInviteMissing = inviteId !== undefined && !invite;
  const isKeyMissing = adminKeyId !== undefined && !adminKey;
  return {
    records: {
      ...(project ? { project_id: project } : {}),
      ...(user ? { user_id: user } : {}),
      ...(invite ? { invite_id: invite } : {}),
      ...(adminKey ? { admin_key_id: adminKey } : {}),
    },
    membership,
    missing: isUserMissing
      ? notFound("user", userId)
      : isInviteMissing
        ? notFound("invitation", inviteId)
        : isKeyMissing
          ? notFound("admin key", adminKeyId)
          : undefined,
  };
}
