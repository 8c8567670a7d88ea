import { SCIM_PATH } from "../../../contracts/control/outer-paths.ts";
import { SCIM } from "../../../contracts/scim/schemas.ts";

/** What the service can, by RFC 7643, section 5. */
export const SERVICE_PROVIDER_CONFIG = {
  schemas: [SCIM.config],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 100 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: "oauthbearertoken",
      name: "Admin key",
      description: "The Authorization header has an admin key as bearer token.",
      primary: true,
    },
  ],
  meta: { resourceType: "ServiceProviderConfig", location: `${SCIM_PATH}ServiceProviderConfig` },
};

const resourceType = (name: "User" | "Group", schema: string) => ({
  schemas: [SCIM.resourceType],
  id: name,
  name,
  endpoint: `/${name}s`,
  schema,
  meta: { resourceType: "ResourceType", location: `${SCIM_PATH}ResourceTypes/${name}` },
});
export const RESOURCE_TYPES = [resourceType("User", SCIM.user), resourceType("Group", SCIM.group)];

interface Attribute {
  readonly type?: "boolean" | "complex";
  readonly required?: true;
  readonly multiValued?: true;
  readonly mutability?: "readOnly";
  readonly uniqueness?: "server";
  readonly subAttributes?: readonly object[];
}

const attribute = (name: string, { type, ...own }: Attribute = {}) => ({
  name,
  type: type ?? "string",
  multiValued: false,
  required: false,
  caseExact: false,
  mutability: "readWrite",
  returned: "default",
  uniqueness: "none",
  ...own,
});
const schema = (id: string, name: "User" | "Group", attributes: readonly object[]) => ({
  schemas: [SCIM.schema],
  id,
  name,
  attributes,
  meta: { resourceType: "Schema", location: `${SCIM_PATH}Schemas/${id}` },
});

/** The attributes that are stored. */
export const SCHEMAS = [
  schema(SCIM.user, "User", [
    attribute("userName", { required: true, uniqueness: "server" }),
    attribute("externalId"),
    attribute("displayName"),
    attribute("active", { type: "boolean" }),
    attribute("name", {
      type: "complex",
      subAttributes: ["formatted", "givenName", "familyName"].map((name) => attribute(name)),
    }),
    attribute("emails", {
      type: "complex",
      multiValued: true,
      mutability: "readOnly",
      subAttributes: [attribute("value"), attribute("type"), attribute("primary", { type: "boolean" })],
    }),
  ]),
  schema(SCIM.group, "Group", [
    attribute("displayName", { required: true }),
    attribute("externalId"),
    attribute("members", { type: "complex", multiValued: true, subAttributes: [attribute("value")] }),
  ]),
];
