import { REQUEST_ID_HEADER } from "../../contracts/api/headers.ts";
import { GatewayError, KeyRevoked } from "../core/gateway-error.ts";
import { type RequestFacts, RequestRecord } from "../core/record.ts";
import type { GatewayRequest } from "../core/request.ts";
import { type ByteSink, bytesResponse, type GatewayResponse, type StreamBody } from "../core/response.ts";
import { ResponseHeaders } from "../core/response-headers.ts";
import type { HistoryRecorder } from "../history/history-recorder.ts";
import type { KeyRevocations } from "../keys/key-revocations.ts";
import type { LiveBook, LiveEntry } from "../live/live-book.ts";
import { REQUEST_INSTRUMENTS } from "../metrics/request-instruments.ts";
import type { AdmitTools } from "./admit-address.ts";
import type { IdentifyTools } from "./identify.ts";
import type { ReceiveTools } from "./receive.ts";
import { newRequestId } from "./request-id.ts";
import type { Identified, Received } from "./request-states.ts";
import { lastResort } from "./respond-error.ts";
import { describeFailure, type SettleTools } from "./settle.ts";
import type { Steps } from "./steps.ts";

export interface PipelineTools extends ReceiveTools, AdmitTools, IdentifyTools, SettleTools {
  readonly steps: Steps;
  /** Ends the requests of a revoked key. @default - they end by themselves */
  readonly revocations: Pick<KeyRevocations, "watch"> | undefined;
  /** Stores generations of keys that opted in. @default - none is stored */
  readonly history: Pick<HistoryRecorder, "begin" | "responded" | "settled"> | undefined;
  /** Lists the requests to models in progress, and stops them. */
  readonly live: Pick<LiveBook, "opened" | "closed">;
  /** Counts what a settled request has cost. */
  readonly account: (facts: RequestFacts) => void;
  /** Called when a request arrives, and when it is settled. */
  readonly onOpen: () => void;
  readonly onClose: () => void;
}

/** Runs each request through its steps. Whatever happens, it has a response, and is settled once. */
export class RequestPipeline {
  readonly #tools: PipelineTools;

  constructor(tools: PipelineTools) {
    this.#tools = tools;
  }

  /**
   * Never rejects. A response that is streamed is settled when `send` has ended, every other one before it is returned.
   */
  async handle(request: GatewayRequest): Promise<GatewayResponse> {
    this.#tools.onOpen();
    const record = new RequestRecord();
    const received = this.#receive(request, record);
    const open: OpenRequest = { received, record, liveEntry: undefined, endWatch: undefined };
    const responded = await this.#respond(open);
    const response = this.#tools.history?.responded(received.abort, responded) ?? responded;
    const { body } = response;
    if (body.kind === "stream") return { ...response, body: this.#settling(open, response.status, body) };
    this.#settle(open, response.status);
    return response;
  }

  #receive(request: GatewayRequest, record: RequestRecord): Received {
    const { steps, now } = this.#tools;
    const startedAt = now();
    try {
      return steps.receive(request, record, startedAt, this.#tools);
    } catch (error) {
      return unreadable(request, record, startedAt, error);
    }
  }

  async #respond(open: OpenRequest): Promise<GatewayResponse> {
    const { received } = open;
    const { steps } = this.#tools;
    try {
      // On every path, so that a browser then sends its real request and can read the response.
      if (received.request.method === "OPTIONS") return bytesResponse(204, received.headers.all, Buffer.alloc(0));
      const admitted = steps.admitAddress(steps.route(received), this.#tools);
      const identifying = steps.identify(admitted, this.#tools);
      const identified = identifying instanceof Promise ? await identifying : identifying;
      this.#watchKey(open, identified);
      this.#list(open, identified);
      return await identified.endpoint.handle(this.#recorded(identified));
    } catch (error) {
      try {
        return steps.respondError(received, error);
      } catch (failure) {
        this.#count("respondError");
        received.record.note({ errorCode: "internal_error", failure });
        return lastResort();
      }
    }
  }

  /** Requests to models alone: the others last for moments. */
  #list(open: OpenRequest, { endpoint, requestId, startedAt, abort, match }: Identified): void {
    if (endpoint.generation === undefined) return;
    const beginning = { requestId, startedAt, abort, endpoint: match.route };
    open.liveEntry = this.#tools.live.opened(beginning, open.record.facts);
  }

  #recorded(identified: Identified): Identified {
    const { history } = this.#tools;
    return history
      ? { ...identified, request: history.begin({ ...identified, route: identified.match.route }) }
      : identified;
  }

  /** Ends the calls of the request, and its stream, when its key is revoked before it is settled. */
  #watchKey(open: OpenRequest, { key, abort }: Identified): void {
    const { revocations } = this.#tools;
    if (revocations === undefined || key === undefined) return;
    open.endWatch = revocations.watch(key.keyId, () => abort.abort(new KeyRevoked()));
  }

  #settling(open: OpenRequest, status: number, body: StreamBody): StreamBody {
    const { received, record } = open;
    const send = async (sink: ByteSink) => {
      try {
        await body.send(sink);
      } catch (failure) {
        if (!received.request.signal.aborted) record.note({ errorCode: "internal_error", failure });
        sink.destroy();
      } finally {
        this.#settle(open, status);
      }
    };
    return { kind: "stream", send };
  }

  #settle({ received, record, liveEntry, endWatch }: OpenRequest, status: number): void {
    const { steps, account, onClose } = this.#tools;
    if (received.request.signal.aborted) record.note({ isAborted: true });
    this.#guard(received, "settle", () => steps.settle(received, record.facts, status, this.#tools));
    this.#guard(received, "history", () => {
      const { abort, requestId, startedAt } = received;
      this.#tools.history?.settled(abort, { facts: record.facts, requestId, startedAt, status });
    });
    if (liveEntry !== undefined) this.#tools.live.closed(liveEntry, record.facts);
    this.#guard(received, "account", () => account(record.facts));
    this.#guard(received, "limit", () => record.settled());
    endWatch?.();
    onClose();
  }

  /** No failure after a response ends the process: it is counted and logged, and the remaining work goes on. */
  #guard({ requestId }: Received, step: FaultStep, finish: () => void): void {
    try {
      finish();
    } catch (error) {
      this.#count(step);
      this.#log(requestId, error);
    }
  }

  #log(requestId: string, error: unknown): void {
    try {
      this.#tools.logger.error({ requestId, failure: describeFailure(error) }, "a request was not settled");
    } catch {
      // A log that can't be written is what failed before, or fails with it: the count is what is left.
      this.#count("log");
    }
  }

  #count(step: FaultStep): void {
    try {
      this.#tools.meter.add(REQUEST_INSTRUMENTS.faults, { step });
    } catch {
      // Counting has no last resort of its own.
    }
  }
}

/** A request that is not settled, with what has to end then. */
interface OpenRequest {
  readonly received: Received;
  readonly record: RequestRecord;
  liveEntry: LiveEntry | undefined;
  /** Ends the watch of its key. */
  endWatch: (() => void) | undefined;
}

/** What may fail without an effect on the client, as a label of `REQUEST_INSTRUMENTS.faults`. */
type FaultStep = "respondError" | "settle" | "history" | "account" | "limit" | "log";

/** A request that failed in its first step: enough of it for a response and for the log. */
function unreadable(request: GatewayRequest, record: RequestRecord, startedAt: number, failure: unknown): Received {
  const requestId = newRequestId();
  record.note({ failure });
  return {
    request,
    requestId,
    startedAt,
    match: { kind: "refused", route: "other", client: undefined, refusal: new GatewayError("internal_error") },
    abort: new AbortController(),
    record,
    headers: new ResponseHeaders({ [REQUEST_ID_HEADER]: requestId }),
  };
}
