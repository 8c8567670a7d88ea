import type { RouteTimeouts } from "../../../contracts/processes/gateway-config.ts";
import type { Priority } from "../../../contracts/processes/priority.ts";
import type { QueueShare } from "../../../domain/admission/weighted-shares.ts";
import type { RetryBudget } from "../../../domain/targets/retry-budget.ts";
import type { GenerationRequest } from "../../core/generation-request.ts";
import type { Plan } from "../../core/plan.ts";
import type { Target } from "../../core/target.ts";
import type { WholeForm } from "../../outside-values/whole-forms.ts";
import type { StreamMemory } from "../../shares/stream-memory.ts";
import type { WholeMemory } from "../../shares/whole-memory.ts";
import type { attempt } from "./attempt.ts";

/** What the call step finds out; it is written as it happens, so that a request that fails has it too. */
export interface CallFacts {
  /** The target and server that were called last, or responded. */
  readonly target: Target;
  readonly engineId: string;
  /** Calls made for the request, and those of them that failed. */
  readonly attempts: number;
  readonly failedAttempts: number;
  /** Milliseconds that it waited for a slot. */
  readonly queuedMs: number;
  /** What the caller pays of a call that it broke off, or that the time of its route did: the tokens that its lease settled. */
  readonly sentPromptTokens: number | undefined;
  readonly unseenCompletionTokens: number | undefined;
  /** Where a target pointed that sent a redirect. */
  readonly upstreamRedirect: string;
}

/** One request as the call step gets it. */
export interface CallRequest {
  readonly requestId: string;
  /** Milliseconds of the gateway's clock. */
  readonly startedAt: number;
  readonly tenant: string;
  readonly share: QueueShare;
  readonly priority: Priority;
  readonly generation: GenerationRequest;
  readonly plan: Plan;
  readonly timeouts: RouteTimeouts;
  /** Whether a parsed object is a whole response of the API that is called. */
  readonly isWhole: WholeForm;
  /** Ends every call that is made for it; its reason says why. */
  readonly abort: AbortController;
  /** Seconds after which the client gives up, by its own header. @default - it has not sent the header */
  readonly clientTimeoutSeconds: number | undefined;
  /** Takes what was found out. */
  readonly note: (facts: Partial<CallFacts>) => void;
}

/** What the calls of a gateway share. */
export interface CallTools {
  readonly budget: Pick<RetryBudget, "request" | "canRetry" | "tryRetry">;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** What all streams hold, those included that have not begun. @default - anything */
  readonly memory?: StreamMemory;
  /** What the whole responses of this thread hold while they are read. @default - they may hold anything */
  readonly wholes?: WholeMemory | undefined;
  /** Calls one upstream once. @default - over HTTP */
  readonly attempt?: typeof attempt;
}
