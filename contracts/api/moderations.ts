import * as z from "zod";
import { boundedList } from "./bounded-schemas.ts";

const ModerationPart = z.discriminatedUnion("type", [
  z.looseObject({ type: z.literal("text"), text: z.string().min(1) }),
  z.looseObject({ type: z.literal("image_url"), image_url: z.looseObject({ url: z.string().min(1) }) }),
]);

/** `POST /v1/moderations`, OpenAI's. */
export const ModerationRequest = z
  .looseObject({
    model: z.string().min(1).max(200),
    /** One text, several texts, or parts of text and images that are classified together. */
    input: z.union([
      z.string().min(1),
      boundedList(z.array(z.string().min(1)).min(1).max(2048)),
      boundedList(z.array(ModerationPart).min(1).max(2048)),
    ]),
  })
  .meta({ id: "ModerationRequest" });
export type ModerationRequest = z.infer<typeof ModerationRequest>;

/** The response of `POST /v1/moderations`: one result for each text, or one for all parts. */
export const ModerationResponse = z
  .looseObject({
    id: z.string(),
    model: z.string(),
    results: z.array(
      z.looseObject({
        /** Whether any category is true. */
        flagged: z.boolean(),
        /** By the model's name of the category, e.g. `violence`; `null` for a category without a result. */
        categories: z.record(z.string(), z.boolean().nullable()),
        category_scores: z.record(z.string(), z.number().nullable()),
        /** The kinds of input of each score. */
        category_applied_input_types: z.record(z.string(), z.array(z.string()).nullable()).optional(),
      }),
    ),
  })
  .meta({ id: "ModerationResponse" });
export type ModerationResponse = z.infer<typeof ModerationResponse>;
