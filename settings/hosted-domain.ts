import * as z from "zod";

/** A domain with the Route 53 zone that has it. */
export const HostedDomain = z.strictObject({ name: z.string().min(4), hostedZoneId: z.string().regex(/^Z[A-Z0-9]+$/) });
