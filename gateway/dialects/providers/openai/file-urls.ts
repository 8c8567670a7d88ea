import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf, textOf } from "../../inner/json.ts";
import { originOf } from "../../inner/origins.ts";
import { refuse } from "../../inner/refuse.ts";

/** OpenAI's chat completions take a document as data, never by its address. @throws {GatewayError} naming the document */
export function refuseFileUrls(messages: unknown): void {
  for (const [index, message] of itemsOf(messages).entries()) {
    if (!isRecord(message)) continue;
    for (const [position, part] of itemsOf(message.content).entries()) {
      if (!isRecord(part) || part.type !== "file" || !isRecord(part.file)) continue;
      if (!/^https?:\/\//i.test(textOf(part.file.file_data) ?? "")) continue;
      const param = originOf(part) ?? `messages[${index}].content[${position}].file.file_data`;
      throw refuse(
        param,
        `\`${param}\` must be data in base64: this model fetches no documents; send the document itself.`,
      );
    }
  }
}
