type Fields = Readonly<Record<string, unknown>>;

/** Where an image or document is. */
export type Media =
  | { readonly kind: "base64"; readonly mediaType: string; readonly data: string }
  | { readonly kind: "url"; readonly url: string };

/** One piece of a turn. */
export type Block =
  | { readonly kind: "text"; readonly text: string; readonly cacheControl: unknown }
  | { readonly kind: "image" | "audio"; readonly media: Media; readonly param: string; readonly cacheControl: unknown }
  | {
      readonly kind: "document";
      readonly media: Media;
      readonly name: string | undefined;
      readonly param: string;
      readonly cacheControl: unknown;
    }
  | { readonly kind: "thinking"; readonly block: Fields }
  | {
      readonly kind: "tool-call";
      readonly id: string;
      readonly name: string;
      readonly input: Fields;
      /** Of the model that made the call, where it signs calls. */
      readonly signature: string | undefined;
      readonly cacheControl: unknown;
    }
  | {
      readonly kind: "tool-result";
      readonly id: string;
      /** Where the id stands in the request. */
      readonly param: string;
      readonly content: readonly Block[];
      readonly cacheControl: unknown;
    };
