/** Why DynamoDB cancelled one action of a transaction; `None` for an action that was fine. */
export interface CancellationReason {
  readonly Code?: string | undefined;
  readonly Message?: string | undefined;
}

const LOST_RACE = /^(ConditionalCheckFailed|TransactionConflict)$/;

/** The reasons that cancelled a transaction, without those of the actions that were fine. */
function causes(reasons: readonly CancellationReason[]): readonly CancellationReason[] {
  return reasons.filter(({ Code }) => Code !== undefined && Code !== "None");
}

/** Whether a transaction was cancelled only because other changes came first: it can be tried again with what is stored now. */
export function isLostRace(reasons: readonly CancellationReason[] = []): boolean {
  const all = causes(reasons);
  return all.length > 0 && all.every(({ Code = "" }) => LOST_RACE.test(Code));
}

/** The reasons as a text for an error, such as `ValidationError: Item size has exceeded the maximum allowed size`. */
export function cancellationText(reasons: readonly CancellationReason[] = []): string {
  const texts = causes(reasons).map(({ Code, Message }) => (Message ? `${Code}: ${Message}` : String(Code)));
  return texts.length === 0 ? "no reason is named" : [...new Set(texts)].join("; ");
}
