import { createParser } from "eventsource-parser";

export interface ServerSentEvent {
  /** `undefined` where the event has no name. */
  readonly name: string | undefined;
  readonly data: string;
}

/**
 * The events of a whole stream. Comments, ids and retry times are not events.
 * @throws when a line is no field of server-sent events, or when the stream ends inside an event
 */
export function serverSentEvents(text: string): readonly ServerSentEvent[] {
  const events: ServerSentEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, data }) => events.push({ name: event, data }),
    onError: (error) => {
      throw new Error(`A stream must have fields of server-sent events alone: ${error.message}`, { cause: error });
    },
  });
  parser.feed(text);
  if (text !== "" && !/(\r\n\r\n|\n\n|\r\r)$/.test(text))
    throw new Error(`A stream must end with an empty line, got ${JSON.stringify(text.slice(-80))} at its end.`);
  return events;
}

/** The data of every event of a whole stream. @throws as `serverSentEvents` */
export function eventData(text: string): readonly string[] {
  return serverSentEvents(text).map(({ data }) => data);
}

/** The data of every whole event of a stream that may have been broken off; what is no event is left out. */
export function wholeEventData(text: string): readonly string[] {
  const events: string[] = [];
  createParser({ onEvent: ({ data }) => events.push(data) }).feed(text);
  return events;
}
