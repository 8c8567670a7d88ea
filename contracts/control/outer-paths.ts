import * as z from "zod";

/**
 * Short paths for keys: `POST /api/keys/` makes a service account with a key, or one of the caller's own; `GET /api/keys/` lists the
 * caller's own; `DELETE /api/keys/{id}/` deletes a key, `POST /api/keys/{id}/rotate` gives it a new secret. They stand for the operations
 * `createServiceAccount`, `createProjectApiKey`, `listOwnApiKeys`, `deleteProjectApiKey` and `rotateProjectApiKey`.
 */
export const KEY_ALIAS = "/api/keys/";

/**
 * The body of `POST /api/keys/`: the project, and the fields of `CreateServiceAccount`; with the owner `me` those of
 * `CreateProjectApiKey`.
 */
export const AliasedKeyBody = z.looseObject({
  project_id: z.string().min(1).max(200),
  owner: z.enum(["me", "service_account"]).default("service_account"),
});

/** Every path of provisioning begins with it. */
export const SCIM_PATH = "/scim/v2/";
