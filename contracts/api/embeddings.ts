import * as z from "zod";
import { boundedList, isTokenId } from "./bounded-schemas.ts";

const TokenIds = boundedList(z.array(z.int().min(0)).min(1), isTokenId);

/** `POST /v1/embeddings`. */
export const EmbeddingRequest = z
  .looseObject({
    model: z.string().min(1).max(200),
    /** One text, several texts, the token ids of one, or those of several. */
    input: z.union([
      z.string().min(1),
      boundedList(z.array(z.string().min(1)).min(1).max(2048)),
      TokenIds,
      boundedList(z.array(TokenIds).min(1).max(2048)),
    ]),
    /** `base64`: little-endian 32-bit floats; the default of the official SDKs, because it is a third of the size. */
    encoding_format: z.enum(["float", "base64"]).nullish(),
    /** For models that were trained so that a vector may be cut; others refuse it. */
    dimensions: z.int().min(1).max(65_536).nullish(),
    user: z.string().max(512).nullish(),
  })
  .meta({ id: "EmbeddingRequest" });
export type EmbeddingRequest = z.infer<typeof EmbeddingRequest>;

/** The response of `POST /v1/embeddings`: one vector of length 1 for each input, in the inputs' order. */
export const EmbeddingResponse = z
  .looseObject({
    object: z.literal("list"),
    data: z.array(
      z.looseObject({
        object: z.literal("embedding"),
        index: z.int(),
        embedding: z.union([z.array(z.number()), z.string()]),
      }),
    ),
    model: z.string(),
    usage: z.looseObject({ prompt_tokens: z.int().min(0), total_tokens: z.int().min(0) }),
  })
  .meta({ id: "EmbeddingResponse" });
export type EmbeddingResponse = z.infer<typeof EmbeddingResponse>;
