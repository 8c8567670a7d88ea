import * as z from "zod";
import { DataRetention } from "./data-retention.ts";

/** What an organisation can choose for its projects: a history is chosen for each project. */
const OrganizationRetention = DataRetention.exclude(["none"]);
/** What a project can choose. `organization_default` is the organisation's. */
const ProjectRetention = z.enum(["organization_default", ...DataRetention.options]);

export const OrganizationDataRetention = z.strictObject({
  object: z.literal("organization.data_retention"),
  type: OrganizationRetention,
});
export const ProjectDataRetention = z.strictObject({
  object: z.literal("project.data_retention"),
  type: ProjectRetention,
});
export const UpdateOrganizationDataRetention = z.strictObject({ retention_type: OrganizationRetention });
export const UpdateProjectDataRetention = z.strictObject({ retention_type: ProjectRetention });
