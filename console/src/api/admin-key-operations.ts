import type { CONTROL_OPERATIONS } from "../../../contracts/control/operations/operations.ts";

type Operations = typeof CONTROL_OPERATIONS;

/** Operations that change admin keys, of the page of admin keys alone. */
export const ADMIN_KEY_OPERATIONS = {
  createAdminApiKey: ["POST", "/v1/organization/admin_api_keys"],
  deleteAdminApiKey: ["DELETE", "/v1/organization/admin_api_keys/{admin_key_id}"],
} as const satisfies {
  readonly [Id in keyof Operations]?: readonly [Operations[Id]["method"], Operations[Id]["path"]];
};
