import type { GenerationRoute } from "../../contracts/api/generation-routes.ts";
import type { RoutedPrompt } from "../../domain/routing/replica-router.ts";

/** What a client of another dialect than OpenAI's wrote, for targets that understand more of it than OpenAI's dialect says. */
export interface ClientBody {
  readonly dialect: "messages" | "responses";
  readonly fields: Readonly<Record<string, unknown>>;
  /** The `anthropic-beta` header. */
  readonly betas: string | undefined;
}

/** The parts of a generation request that the steps after parsing need; all other fields go to the target unread. */
export interface GenerationRequest {
  /** The OpenAI route whose body this is, whatever route it came by. */
  readonly route: GenerationRoute;
  readonly model: string;
  /** The tenant that sent the request; prompts of different tenants never count as shared. */
  readonly tenant: string;
  readonly stream: boolean;
  /** Whether the client wants the usage as the last event of its stream. */
  readonly wantsUsage: boolean;
  /** The client's upper bound of generated tokens, and the field it wrote it in. */
  readonly maxTokens: { readonly field: string; readonly value: number } | undefined;
  /** Tokens of the prompt, estimated without a tokenizer. */
  readonly promptTokensEstimate: number;
  /** The body as it came, or as it was translated. */
  readonly bytes: Buffer;
  /** The body, parsed. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The prompt as pools hash it, by the pool's model, once one had to. */
  readonly routedPrompts: Map<string, RoutedPrompt>;
  /** The client's own body, where the fields are a translation of it. @default - they are the client's */
  readonly client?: ClientBody | undefined;
}
