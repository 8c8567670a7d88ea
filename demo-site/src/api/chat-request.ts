import type { ChatCompletionRequest } from "../../../contracts/api/chat.ts";
import type { SiteConfig } from "../../../contracts/processes/site-config.ts";
import { chatUrl } from "../../../ui/stream/stream-chat.ts";

/** One prompt as the page sends it. An empty setting is not sent: the engine's own default then applies. */
export interface ChatRequest extends Partial<SiteConfig["defaults"]> {
  readonly model: string;
  readonly prompt: string;
}

export function chatBody(request: ChatRequest): ChatCompletionRequest {
  return {
    model: request.model,
    messages: [{ role: "user", content: request.prompt }],
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.topP === undefined ? {} : { top_p: request.topP }),
    ...(request.maxTokens === undefined ? {} : { max_tokens: request.maxTokens }),
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** The request as a shell command. The key is never in it: a shell variable of the reader replaces it. */
export function curlCommand(apiUrl: string, request: ChatRequest, withKey: boolean): string {
  const lines = [
    `curl -N ${quote(chatUrl(apiUrl))}`,
    `-H ${quote("content-type: application/json")}`,
    ...(withKey ? ['-H "authorization: Bearer $SLUICE_API_KEY"'] : []),
    `-d ${quote(JSON.stringify(chatBody(request), null, 2))}`,
  ];
  return lines.join(" \\\n  ");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
