import {
  type ChatHistoryItem,
  type ChatWrapper,
  JinjaTemplateChatWrapper,
  type LlamaModel,
  type LlamaText,
  resolveChatWrapper,
  SpecialToken,
  type Token,
  type Tokenizer,
} from "node-llama-cpp";
import * as z from "zod";
import type { ChatCompletionRequest } from "../../contracts/api/chat.ts";
import type { ErrorDetail } from "../../contracts/api/errors.ts";
import { ApiError } from "../http/api-error.ts";
import { tokenizeInPieces } from "./long-text.ts";
import { TOOL_CALL_END, TOOL_CALL_START } from "./tool-call-parser.ts";

type Message = ChatCompletionRequest["messages"][number];

/** Formats conversations with the chat template in the model's file. */
export class ChatPrompt {
  readonly #model: LlamaModel;
  readonly #wrapper: ChatWrapper;

  constructor(model: LlamaModel) {
    this.#model = model;
    const template = model.fileInfo.metadata.tokenizer?.chat_template;
    this.#wrapper =
      template === undefined
        ? resolveChatWrapper(model)
        : new JinjaTemplateChatWrapper({
            template,
            tokenizer: model.tokenizer,
            joinAdjacentMessagesOfTheSameType: false,
            trimLeadingWhitespaceInResponses: false,
          });
  }

  /**
   * Tokens of the conversation, up to the beginning of the assistant's message. Text of users never becomes a special
   * token. `instructions` go into the system message. Rejects with an ApiError for content that isn't text.
   * @returns `undefined` for more than `most`
   */
  async tokens(messages: readonly Message[], instructions: string | null, most: number): Promise<Token[] | undefined> {
    const history = messages.map(toHistoryItem);
    if (instructions !== null) {
      const first = history[0];
      const rest = first?.type === "system" ? history.slice(1) : history;
      const before = first?.type === "system" ? `${String(first.text)}\n\n` : "";
      history.splice(0, history.length, { type: "system", text: before + instructions }, ...rest);
    }
    history.push({ type: "model", response: [] });
    const { contextText } = this.#wrapper.generateContextState({ chatHistory: history });
    const parts = partsOf(contextText, this.#model.tokenizer);
    const texts = parts.map(({ text }) => text);
    return await tokenizeInPieces(texts, most, (piece, index, isBeginning) => {
      return parts[index]?.tokenize(piece, isBeginning) ?? [];
    });
  }
}

/** A part of a formatted conversation: text of its own, or what the template writes between such texts. */
interface Part {
  readonly text: string;
  readonly tokenize: (piece: string, isBeginning: boolean) => readonly Token[];
}

/** The parts of a formatted conversation, each with the tokens that `contextText.tokenize` has for it. */
function partsOf(contextText: LlamaText, tokenizer: Tokenizer): readonly Part[] {
  return contextText.values.map((value, index): Part => {
    if (typeof value === "string")
      return { text: value, tokenize: (piece) => tokenizer(piece, false, "trimLeadingSpace") };
    if (value instanceof SpecialToken) return { text: "", tokenize: () => value.tokenize(tokenizer) };
    return {
      text: value.value,
      tokenize: (piece, isBeginning) =>
        tokenizer(piece, true, index === 0 && isBeginning ? undefined : "trimLeadingSpace"),
    };
  });
}

/** The texts of a conversation whose content is text, without what the template writes between them. */
export function textsOf(messages: readonly Message[]): readonly string[] {
  return messages.flatMap((message) => [textOf(message), ...earlierCalls(message)]);
}

/** Every content part of a conversation that isn't text, for a 400. */
export function contentProblems(messages: readonly Message[]): ErrorDetail[] {
  return messages.flatMap(({ content }, index) => {
    if (!Array.isArray(content)) return [];
    return content.flatMap((part, position) => {
      if (part.type === "text" && typeof part.text === "string") return [];
      const message = `Only text parts ({"type": "text", "text": "…"}) can be read, got type "${part.type}".`;
      return [{ param: `messages.${index}.content.${position}`, message }];
    });
  });
}

function toHistoryItem(message: Message): ChatHistoryItem {
  const text = textOf(message);
  switch (message.role) {
    case "system":
    case "developer":
      return { type: "system", text };
    case "assistant": {
      return { type: "model", response: [[text, ...earlierCalls(message)].filter((part) => part !== "").join("\n")] };
    }
    // The small models' templates have no tool role; a result is formatted as a user's message.
    case "tool":
    case "function":
      return { type: "user", text: `<tool_response>\n${text}\n</tool_response>` };
    default:
      return { type: "user", text };
  }
}

const EarlierCall = z.object({ function: z.object({ name: z.string(), arguments: z.string() }) });

function earlierCalls({ role, tool_calls: calls }: Message): readonly string[] {
  return role === "assistant" && Array.isArray(calls) ? calls.map(earlierCallText) : [];
}

/** A call of an earlier message, in the form in which the model wrote it. */
function earlierCallText(call: unknown): string {
  const { success, data } = EarlierCall.safeParse(call);
  if (!success) return JSON.stringify(call);
  const { name, arguments: json } = data.function;
  return `${TOOL_CALL_START}\n{"name": ${JSON.stringify(name)}, "arguments": ${json}}\n${TOOL_CALL_END}`;
}

function textOf({ content }: Message): string {
  if (content == null) return "";
  if (typeof content === "string") return content;
  return content
    .map((part) => {
      if (typeof part.text !== "string") throw new ApiError("invalid_request");
      return part.text;
    })
    .join("");
}
