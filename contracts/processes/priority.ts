import * as z from "zod";

/** Most important first. */
export const PRIORITIES = ["critical", "normal", "batch"] as const;

/** `critical`: people or systems that must not wait. `normal`: everything else. `batch`: background work. */
export const Priority = z.enum(PRIORITIES);
export type Priority = z.infer<typeof Priority>;
