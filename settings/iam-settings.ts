import * as z from "zod";

/** What an organisation demands of the roles in its accounts. */
export const IamSettings = z.strictObject({
  /** Policy that limits every role of the environment, whatever else it is granted; `null` for none. */
  permissionsBoundary: z
    .string()
    .regex(/^arn:aws:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,128}$/, "must be a policy's ARN (arn:aws:iam::…:policy/…)")
    .nullable(),
  /** Path of every role. */
  rolePath: z
    .string()
    .regex(/^\/([\w+=,.@-]+\/)*$/, "must begin and end with /, e.g. /applications/")
    .max(128), // with the longest name within the 2,048 characters of an ARN, and policies within their size
  /** Start of the name of every role, before `sluice-`. */
  roleNamePrefix: z.string().regex(/^[\w+=,.@-]{0,16}$/, "must be at most 16 of letters, digits and _+=,.@-"),
  /** Role that OpenTofu assumes for the resources and their states; `null`: the credentials' own identity. */
  assumeRole: z
    .strictObject({
      arn: z
        .string()
        .regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/, "must be a role's ARN (arn:aws:iam::…:role/…)"),
      /** Value that the role's trust policy demands; `null` for none. It is no secret. */
      externalId: z
        .string()
        .regex(/^[\w+=,.@:/-]{2,1224}$/, "must be 2 to 1,224 of letters, digits and _+=,.@:/-")
        .nullable(),
    })
    .nullable(),
});
