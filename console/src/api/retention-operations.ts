import type { CONTROL_OPERATIONS } from "../../../contracts/control/operations/operations.ts";

type Operations = typeof CONTROL_OPERATIONS;

/** Operations of retention and legal holds, of the page of retention alone. */
export const RETENTION_OPERATIONS = {
  retrieveProjectRetention: ["GET", "/v1/organization/projects/{project_id}/retention"],
  updateProjectRetention: ["POST", "/v1/organization/projects/{project_id}/retention"],
  listLegalHolds: ["GET", "/v1/organization/legal_holds"],
  createLegalHold: ["POST", "/v1/organization/legal_holds"],
  deleteLegalHold: ["DELETE", "/v1/organization/legal_holds/{legal_hold_id}"],
} as const satisfies {
  readonly [Id in keyof Operations]?: readonly [Operations[Id]["method"], Operations[Id]["path"]];
};
