import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

type Client = Pick<DynamoDBDocumentClient, "send">;
type Send = (command: unknown, options?: unknown) => Promise<unknown>;

/** A client whose conditional writes arrive twice, as when a first response is cut off and the SDK sends the command again. */
export function sentAgain(client: Client): Client {
  const send = client.send.bind(client) as unknown as Send;
  const twice: Send = async (command, options) => {
    const { input } = command as { readonly input: { readonly ConditionExpression?: string } };
    if (input.ConditionExpression === undefined) return await send(command, options);
    await send(command, options).catch(() => undefined);
    return await send(command, options).catch((error: { $metadata: { attempts?: number } }) => {
      error.$metadata.attempts = 2;
      throw error;
    });
  };
  return { send: twice as unknown as Client["send"] };
}
