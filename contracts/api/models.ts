import * as z from "zod";
import { Capability } from "../targets/target-settings.ts";

/** One served model, in vLLM's form: `root` names the weights in use, `max_model_len` the context. */
export const ModelCard = z
  .looseObject({
    id: z.string(),
    object: z.literal("model"),
    created: z.int(),
    owned_by: z.string(),
    /** Weights in use, e.g. `microsoft/Phi-3-mini-4k-instruct`; differs from the catalogue's in the twin. */
    root: z.string().nullish(),
    /** Context in tokens. */
    max_model_len: z.int().min(1).nullish(),
    /** What requests may have beside text, such as tools or images (`vision`). */
    capabilities: z.array(Capability).nullish(),
    /**
     * Dollars that the caller is charged for a million tokens from now on, with markups and the changes at run time. Of pools that have a price
     * alone: what a route costs depends on its target.
     */
    price: z
      .strictObject({ input_usd_per_million: z.number().min(0), output_usd_per_million: z.number().min(0) })
      .nullish(),
  })
  .meta({ id: "Model" });
export type ModelCard = z.infer<typeof ModelCard>;

export const ModelList = z
  .looseObject({ object: z.literal("list"), data: z.array(ModelCard) })
  .meta({ id: "ModelList" });
export type ModelList = z.infer<typeof ModelList>;
