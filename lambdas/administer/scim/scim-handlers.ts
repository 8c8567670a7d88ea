import type { ScimOperationId } from "../../../contracts/scim/operations.ts";
import { RESOURCE_TYPES, SCHEMAS, SERVICE_PROVIDER_CONFIG } from "./discovery.ts";
import * as groups from "./groups.ts";
import { listResponse, type ScimHandler } from "./scim-call.ts";
import * as users from "./users.ts";

/** The handler of each operation; an operation without one does not compile. */
export const SCIM_HANDLERS: { readonly [Id in ScimOperationId]: ScimHandler<Id> } = {
  ...users,
  ...groups,
  serviceProviderConfig: async () => ({ status: 200, body: SERVICE_PROVIDER_CONFIG }),
  resourceTypes: async ({ query }) => listResponse(RESOURCE_TYPES, query),
  schemas: async ({ query }) => listResponse(SCHEMAS, query),
};
