import type { ScimOperationId } from "../../../contracts/scim/operations.ts";
import { ScimError } from "../../../domain/scim/scim-error.ts";
import { RESOURCE_TYPES, SCHEMAS, SERVICE_PROVIDER_CONFIG } from "./discovery.ts";
import * as groups from "./groups.ts";
import { listResponse, type ScimHandler, type ScimResponse } from "./scim-call.ts";
import * as users from "./users.ts";

/** The handler of each operation; an operation without one does not compile. */
export const SCIM_HANDLERS: { readonly [Id in ScimOperationId]: ScimHandler<Id> } = {
  ...users,
  ...groups,
  serviceProviderConfig: async () => ({ status: 200, body: SERVICE_PROVIDER_CONFIG }),
  resourceTypes: async ({ query }) => listResponse(RESOURCE_TYPES, query, (one) => one),
  resourceType: async ({ id }) => oneOf(RESOURCE_TYPES, id),
  schemas: async ({ query }) => listResponse(SCHEMAS, query, (one) => one),
  schema: async ({ id }) => oneOf(SCHEMAS, id),
};

function oneOf(all: readonly { readonly id: string }[], id: string): ScimResponse {
  const body = all.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (body !== undefined) return { status: 200, body };
  throw new ScimError(
    404,
    `There is none with the id '${id.slice(0, 200)}', but ${all.map((one) => one.id).join(", ")}.`,
  );
}
