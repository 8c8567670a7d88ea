import * as z from "zod";
import { boundedList, boundedRecord } from "./bounded-schemas.ts";

const Item = z.looseObject({ type: z.string().min(1).max(64).nullish() });

/** `POST /v1/responses`. */
export const ResponseRequest = z
  .looseObject({
    model: z.string().min(1).max(200),
    input: z.union([z.string(), boundedList(z.array(Item).max(2048))]),
    instructions: z.string().nullish(),
    max_output_tokens: z.int().min(1).max(1_000_000).nullish(),
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().gt(0).max(1).nullish(),
    stream: z.boolean().nullish(),
    /** Stored unless false where the deployment stores responses, as at OpenAI. */
    store: z.boolean().nullish(),
    previous_response_id: z.string().min(1).max(200).nullish(),
    tools: boundedList(z.array(z.looseObject({ type: z.string().min(1).max(64) })).max(128)).nullish(),
    tool_choice: z
      .union([z.enum(["none", "auto", "required"]), z.looseObject({ type: z.string().min(1).max(64) })])
      .nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    text: z
      .looseObject({
        format: z.looseObject({ type: z.enum(["text", "json_object", "json_schema"]) }).nullish(),
        verbosity: z.string().max(32).nullish(),
      })
      .nullish(),
    reasoning: z
      .looseObject({ effort: z.enum(["none", "minimal", "low", "medium", "high", "xhigh", "max"]).nullish() })
      .nullish(),
    metadata: boundedRecord(z.record(z.string().max(64), z.string().max(512))).nullish(),
    user: z.string().max(512).nullish(),
  })
  .meta({ id: "ResponseRequest" });

const OutputItem = z.looseObject({
  id: z.string(),
  type: z.enum(["message", "function_call", "custom_tool_call", "tool_search_call", "reasoning"]),
});

/** The response of `POST /v1/responses` when it is not streamed, and of `GET /v1/responses/{id}`. */
export const ModelResponse = z
  .looseObject({
    id: z.string(),
    object: z.literal("response"),
    created_at: z.int(),
    status: z.enum(["in_progress", "completed", "incomplete", "failed"]),
    model: z.string(),
    output: z.array(OutputItem),
    error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
    incomplete_details: z.looseObject({ reason: z.string() }).nullable(),
    previous_response_id: z.string().nullable(),
    store: z.boolean(),
    usage: z
      .looseObject({ input_tokens: z.int().min(0), output_tokens: z.int().min(0), total_tokens: z.int().min(0) })
      .optional(),
  })
  .meta({ id: "Response" });

/** One event's data of a streamed response. The last one is `response.completed`, `.incomplete` or `.failed`. */
export const ResponseEvent = z
  .looseObject({ type: z.string(), sequence_number: z.int().min(0) })
  .meta({ id: "ResponseEvent" });

/** The response of `DELETE /v1/responses/{id}`. */
export const DeletedResponse = z
  .looseObject({ id: z.string(), object: z.literal("response"), deleted: z.boolean() })
  .meta({ id: "DeletedResponse" });

/** One page of a response's input items. */
export const ResponseItemList = z
  .looseObject({
    object: z.literal("list"),
    data: z.array(Item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  })
  .meta({ id: "ResponseItemList" });
