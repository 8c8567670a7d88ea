import * as z from "zod";

/**
 * What is stored of the prompts and responses of an organisation or project, in OpenAI's words. `none`: no control limits
 * it, so the history is stored, and responses as clients ask. `modified_abuse_monitoring`: no history; responses as clients
 * ask. `zero_data_retention`: neither.
 */
export const DataRetention = z.enum(["none", "modified_abuse_monitoring", "zero_data_retention"]);
export type DataRetention = z.infer<typeof DataRetention>;

/** Where nothing else was chosen: nobody's prompts are stored unless they were opted in. */
export const USUAL_RETENTION: DataRetention = "modified_abuse_monitoring";
