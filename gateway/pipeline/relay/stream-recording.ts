/** Takes a stream's bytes, in OpenAI's dialect and with its usage event, as they go by. */
export interface StreamRecording {
  push(chunk: Buffer): void;
  /** @param isComplete whether it came to its end without an error */
  end(isComplete: boolean): void;
}
