import * as objects from "../objects.ts";
import { type ControlOperation, get, list, post, remove } from "./operation.ts";

const USERS = "/v1/organization/users";
const INVITES = "/v1/organization/invites";

/** Users of the organisation. */
export const USER_OPERATIONS = {
  listUsers: { ...list, path: USERS, scope: "users.read", response: objects.OrganizationUserPage },
  retrieveUser: { ...get, path: `${USERS}/{user_id}`, scope: "users.read", response: objects.OrganizationUser },
  updateUser: {
    ...post,
    path: `${USERS}/{user_id}`,
    scope: "users.write",
    body: objects.UpdateOrganizationUser,
    response: objects.OrganizationUser,
  },
  deleteUser: {
    ...remove,
    path: `${USERS}/{user_id}`,
    scope: "users.write",
    response: objects.OrganizationUserDeleted,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;

/** Invitations to the organisation. */
export const INVITE_OPERATIONS = {
  listInvites: { ...list, path: INVITES, scope: "invites.read", response: objects.InvitePage },
  createInvite: {
    ...post,
    path: INVITES,
    scope: "invites.write",
    body: objects.CreateInvite,
    response: objects.Invite,
  },
  retrieveInvite: { ...get, path: `${INVITES}/{invite_id}`, scope: "invites.read", response: objects.Invite },
  deleteInvite: {
    ...remove,
    path: `${INVITES}/{invite_id}`,
    scope: "invites.write",
    response: objects.InviteDeleted,
  },
} as const satisfies Readonly<Record<string, ControlOperation>>;
