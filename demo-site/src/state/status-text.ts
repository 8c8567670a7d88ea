import type { ChatState, Exchange, Phase } from "./chat-state.ts";
import { figuresOf, formatDuration } from "./figures.ts";

/**
 * The sentence of the page's status line. It changes once per state and holds no running number, because screen
 * readers read every change aloud.
 */
export function statusText({ phase, current }: ChatState): string {
  switch (phase.kind) {
    case "idle":
      return IDLE[phase.reason];
    case "waiting":
      return "Waiting for the first token.";
    case "streaming":
      return "Answering.";
    case "done":
      return current === undefined ? IDLE.fresh : doneText(current);
    case "limited":
      return `Too many requests. You can send again in ${seconds(phase.problem.retryAfterSeconds)}.`;
    case "unavailable":
      return `The model is not available. Trying again in ${seconds(phase.problem.retryAfterSeconds)}.`;
    case "failed":
      return `${problemTitle(phase)}.`;
  }
}

const IDLE = {
  fresh: "Ready.",
  limitOver: "The wait is over: you can send again.",
  backOnline: "You are back online: you can send again.",
} as const;

function doneText(exchange: Exchange): string {
  const { responseTokens, isApproximate, firstTokenMs } = figuresOf(exchange);
  if (exchange.ending === "stopped") {
    return exchange.response === "" ? "Stopped before the first token." : "Stopped. The text so far stays.";
  }
  const count = `${isApproximate ? "about " : ""}${responseTokens} ${responseTokens === 1 ? "token" : "tokens"}`;
  return firstTokenMs === undefined
    ? "Done: the model gave an empty answer."
    : `Done: ${count}, the first after ${formatDuration(firstTokenMs)}.`;
}

/** A heading for the problem; the API's own message follows it. */
export function problemTitle({ problem }: Extract<Phase, { readonly problem: unknown }>): string {
  switch (problem.kind) {
    case "invalid":
      return "The request has invalid fields";
    case "unauthorized":
      return "The API key was not accepted";
    case "limited":
      return "Too many requests";
    case "unavailable":
      return "The model is not available";
    case "timeout":
      return "The model did not answer in time";
    case "offline":
      return "You are offline";
    case "unreachable":
      return "The API could not be reached";
    case "interrupted":
      return "The answer broke off";
    case "other":
      return problem.status === undefined ? "The answer makes no sense" : `The API answered with ${problem.status}`;
  }
}

function seconds(count = 0): string {
  return count === 1 ? "1 second" : `${count} seconds`;
}
