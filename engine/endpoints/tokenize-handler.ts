import { setImmediate } from "node:timers/promises";
import type { Token } from "node-llama-cpp";
import {
  DetokenizeRequest,
  type DetokenizeResponse,
  TokenizeRequest,
  type TokenizeResponse,
} from "../../contracts/api/tokenize.ts";
import { unsupportedLocally } from "../http/api-error.ts";
import { type HttpCall, readJson, sendJson } from "../http/handler.ts";
import { contentProblems } from "../prompt/chat-prompt.ts";
import { detokenizeInPieces, tokenizeInPieces } from "../prompt/long-text.ts";
import type { LocalService } from "./local-service.ts";
import { conversationTokens, invalid, parseBody, readTokens, requireModel } from "./requests.ts";

/** Tokens whose text is looked up before other work runs. */
const TOKENS_IN_TURN = 1024;

/** vLLM's fields that would change a conversation's tokens and that this engine doesn't support. */
const UNSUPPORTED = ["continue_final_message", "chat_template", "chat_template_kwargs", "tools"];

/** `POST /tokenize`. */
export async function handleTokenize({ engine, names }: LocalService, { request, response }: HttpCall): Promise<void> {
  const body = parseBody(TokenizeRequest, withModel(await readJson(request), names));
  requireModel(body.model, names);
  for (const field of UNSUPPORTED) {
    const value = body[field];
    if (value != null && value !== false) throw unsupportedLocally(field, `The request has \`${field}\``);
  }
  if (body.add_generation_prompt === false) {
    throw unsupportedLocally(
      "add_generation_prompt",
      "The request wants a conversation without the beginning of the next message",
    );
  }
  const problems = contentProblems(body.messages ?? []);
  if (problems.length > 0) throw invalid(problems);
  const prompt = body.prompt ?? "";
  const messages = body.messages;
  const tokens: Token[] = messages
    ? await conversationTokens(engine, messages, null)
    : await tokensOf(engine, prompt, body.add_special_tokens !== false);
  const tokenized: TokenizeResponse = {
    count: tokens.length,
    max_model_len: engine.maxModelLength,
    tokens,
    token_strs: body.return_token_strs ? await textsOfTokens(engine, tokens) : null,
  };
  sendJson(response, 200, tokenized);
}

/** However long the text is: as vLLM's, this endpoint counts what is longer than the context too. */
async function tokensOf(engine: LocalService["engine"], prompt: string, isWithBeginning: boolean): Promise<Token[]> {
  const any = Number.POSITIVE_INFINITY;
  const plain = () => tokenizeInPieces([prompt], any, (piece) => engine.model.tokenize(piece, false));
  return (await (isWithBeginning ? engine.tokenize(prompt, any) : plain())) ?? [];
}

/** The text of each token; other work runs between many. */
async function textsOfTokens(engine: LocalService["engine"], tokens: readonly Token[]): Promise<string[]> {
  const texts: string[] = [];
  for (const [index, token] of tokens.entries()) {
    texts.push(engine.model.detokenize([token], true));
    if (index % TOKENS_IN_TURN === TOKENS_IN_TURN - 1) await setImmediate();
  }
  return texts;
}

/** `POST /detokenize`. */
export async function handleDetokenize(
  { engine, names }: LocalService,
  { request, response }: HttpCall,
): Promise<void> {
  const body = parseBody(DetokenizeRequest, withModel(await readJson(request), names));
  requireModel(body.model, names);
  const tokens = readTokens(engine, body.tokens, "tokens");
  const detokenized: DetokenizeResponse = {
    prompt: await detokenizeInPieces(tokens, (piece, before) => engine.model.detokenize(piece, true, before)),
  };
  sendJson(response, 200, detokenized);
}

/** To vLLM the model is optional here: a process serves one. */
function withModel(body: unknown, names: readonly string[]): unknown {
  if (typeof body !== "object" || body === null || Array.isArray(body)) return body;
  return "model" in body && body.model != null ? body : { ...body, model: names[0] };
}
