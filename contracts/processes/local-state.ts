import * as z from "zod";

/** `.sluice/local.json`: processes and addresses of the local stack, for tools. Written when the twin is ready, removed when it stops. */
export const LocalState = z.strictObject({
  environment: z.string(),
  /** Absolute path of the environment's file, where that is not in environments/. */
  environmentFile: z.string().optional(),
  startedAt: z.iso.datetime(),
  apiUrl: z.url(),
  siteUrl: z.url(),
  /** Local endpoint of DynamoDB, ELB and EC2 for AWS clients. */
  awsUrl: z.url(),
  /** The dashboard over the metrics of this machine. */
  dashboardUrl: z.url().optional(),
  region: z.string(),
  keysTable: z.string(),
  processes: z.array(
    z.strictObject({
      name: z.string(),
      role: z.enum(["twin", "gateway", "engine"]),
      pid: z.int(),
      url: z.string(),
      /** Its Prometheus page, where that is not at `url`. */
      metricsUrl: z.url().optional(),
    }),
  ),
});
export type LocalState = z.infer<typeof LocalState>;
