/** A message that was published. */
export interface PublishedMessage {
  readonly topicArn: string;
  readonly subject: string;
  readonly text: string;
}

/** Messages that stay in memory: a twin that runs for weeks does not grow. */
const RETAINED = 1000;

/** SNS: topics whose messages are shown here, as no mail leaves this machine. */
export class SnsRuntime {
  /** ARNs. */
  readonly topics = new Set<string>();
  /** The last ones, oldest first. */
  readonly messages: PublishedMessage[] = [];
  readonly #report: (line: string) => void;

  /** @param report takes one line for each message */
  constructor(report: (line: string) => void) {
    this.#report = report;
  }

  publish(message: PublishedMessage): void {
    this.messages.push(message);
    if (this.messages.length > RETAINED) this.messages.shift();
    this.#report(`mail to the receivers of alarms: ${message.subject}`);
  }
}

export interface WithSns {
  readonly sns: SnsRuntime;
}
