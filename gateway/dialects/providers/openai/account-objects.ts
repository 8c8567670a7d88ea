import { isRecord } from "../../../../lib/is-record.ts";
import { itemsOf } from "../../inner/json.ts";
import { refuse } from "../../inner/refuse.ts";

/**
 * Files, audio and voices in a provider's account are the operator's, whose key the gateway sends: an id would reach another tenant's.
 * @throws {GatewayError} naming the id
 */
export function refuseAccountObjects({ messages, audio }: Readonly<Record<string, unknown>>): void {
  if (isRecord(audio) && isRecord(audio.voice))
    throw refuse(
      "audio.voice",
      "`audio.voice` names a voice in the account at the provider, which is no tenant's; send the name of one that the provider offers to all.",
    );
  for (const [index, message] of itemsOf(messages).entries()) {
    if (!isRecord(message)) continue;
    if (isRecord(message.audio) && isPresent(message.audio.id))
      throw refuse(
        `messages[${index}].audio.id`,
        `\`messages[${index}].audio.id\` names audio in the account at the provider, which is no tenant's; send its transcript as \`content\`.`,
      );
    for (const [position, part] of itemsOf(message.content).entries()) {
      if (!isRecord(part) || part.type !== "file" || !isRecord(part.file) || !isPresent(part.file.file_id)) continue;
      const param = `messages[${index}].content[${position}].file.file_id`;
      throw refuse(
        param,
        `\`${param}\` names a file in the account at the provider, which is no tenant's; send the file itself as \`file_data\`.`,
      );
    }
  }
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}
