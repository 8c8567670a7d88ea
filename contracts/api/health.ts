import * as z from "zod";

/** `GET /health`: 200 when at least one model is available, 503 otherwise. */
export const Health = z
  .strictObject({
    status: z.enum(["ready", "degraded", "unavailable"]),
    environment: z.string(),
    version: z.string(),
    models: z.array(
      z.strictObject({
        id: z.string(),
        ready: z.boolean(),
        /** Engines known to the gateway, and those of them that can accept a request. */
        engines: z.strictObject({ known: z.int().min(0), ready: z.int().min(0) }),
      }),
    ),
  })
  .meta({ id: "Health" });
export type Health = z.infer<typeof Health>;
