import * as z from "zod";

/**
 * Short paths for the keys of projects: `POST /api/keys/` makes a service account with a key, `DELETE /api/keys/{id}/`
 * deletes a key. They stand for the operations `createServiceAccount` and `deleteProjectApiKey`.
 */
export const KEY_ALIAS = "/api/keys/";

/** The body of `POST /api/keys/`: the project, and the fields of `CreateServiceAccount`. */
export const AliasedKeyBody = z.looseObject({ project_id: z.string().min(1).max(200) });

/** Every path of provisioning begins with it. */
export const SCIM_PATH = "/scim/v2/";
