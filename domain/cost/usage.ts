/** A forecast's assumption about the callers, per month. */
export interface Usage {
  readonly requestsPerMonth: number;
  /** Mean prompt of a request, in tokens. */
  readonly promptTokens: number;
  /** Mean completion of a request, in tokens. */
  readonly completionTokens: number;
  /** Visits of the demo page. */
  readonly siteVisitsPerMonth: number;
  /** How far above its minimum a fleet is on average: 0 is always at the minimum, 1 always at the maximum. */
  readonly instanceShare: number;
  /** Of the files of batches, those that a legal hold is on: each is stored a second time. @default 0 */
  readonly heldShare?: number;
}

/** A small service: a request every 26 seconds on average, and fleets that are mostly at their minimum. */
export const DEFAULT_USAGE: Usage = {
  requestsPerMonth: 100_000,
  promptTokens: 300,
  completionTokens: 200,
  siteVisitsPerMonth: 1000,
  instanceShare: 0.25,
};

/** Volumes of the services that are priced by volume. */
export interface Volumes {
  readonly requests: number;
  /** To clients, in GB. */
  readonly responseGb: number;
  /** Between gateways and engines, both directions, in GB. */
  readonly engineGb: number;
  /** Lines of gateways, functions and the API's access log, in GB. */
  readonly accessLogGb: number;
  readonly gatewayLogGb: number;
  readonly functionLogGb: number;
  readonly flowLogGb: number;
  /** Files of load balancers' access logs, compressed, in GB. */
  readonly loadBalancerLogGb: number;
  /** Load balancer capacity units, the mean over the month. */
  readonly loadBalancerUnits: number;
  readonly siteGb: number;
  readonly siteRequests: number;
  /** Write units of DynamoDB for responses that are stored, and for work on batches. */
  readonly storedResponseUnits: number;
  readonly batchUnits: number;
  /** Stored files of batches in the bucket, and their writes. */
  readonly batchFileGb: number;
  readonly batchFileWrites: number;
  /** The same of the copies of held files. */
  readonly heldFileGb: number;
  readonly heldFileWrites: number;
}

export const HOURS_PER_MONTH = 730;
export const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;
export const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600;
const GB = 1e9;

/** One streamed token is an event of about 250 bytes: id, object, time, model and the text in JSON. */
const BYTES_PER_STREAMED_TOKEN = 250;
/** English text has about four characters to a token. */
const BYTES_PER_PROMPT_TOKEN = 4;
/** Headers of request and response, and the body's own frame. */
const BYTES_AROUND_A_REQUEST = 1500;
/** API Gateway's access log line; the gateway's line of a request; START, END and REPORT of a Lambda invocation. */
const ACCESS_LOG_BYTES = 600;
const GATEWAY_LOG_BYTES = 500;
const FUNCTION_LOG_BYTES = 400;
/** The network's log has a line of some 130 bytes at each end of a connection: link to balancer, balancer to gateway. */
const FLOW_LOG_BYTES = 4 * 130;
/** A load balancer's line of a request, in files that are compressed to about a sixth. */
const LOAD_BALANCER_LOG_BYTES = 100;
/** The demo page is about 300 kB in 8 files. */
const SITE_BYTES = 300_000;
const SITE_FILES = 8;

/** Of a hundred requests, those whose response is stored, and those that are requests of batches. */
const STORED_SHARE = 0.05;
const BATCH_SHARE = 0.1;
/** Gateways share a batch by slices of 50 requests: leases and heartbeats of the slice, its result, the batch's counts. */
const LINES_PER_SLICE = 50;
const UNITS_PER_SLICE = 20;
/** A slice reads its part of the input and writes its part of the output, which is then copied into the whole file. */
const WRITES_PER_SLICE = 2;
/** A file is stored for 30 days. */
const FILE_MONTHS = 30 / DAYS_PER_MONTH;

/** One capacity unit carries, by the most used dimension: 25 new connections a second, 3,000 open ones, 1 GB an hour. */
const UNIT = { newConnections: 25, openConnections: 3000, gbPerHour: 1 } as const;
/** A streamed response holds its connection about this long. */
const SECONDS_PER_RESPONSE = 10;

export function volumesOf(usage: Usage): Volumes {
  const { requestsPerMonth: requests, promptTokens, completionTokens, siteVisitsPerMonth, heldShare = 0 } = usage;
  const perRequest = promptTokens * BYTES_PER_PROMPT_TOKEN + BYTES_AROUND_A_REQUEST;
  const perResponse = completionTokens * BYTES_PER_STREAMED_TOKEN + BYTES_AROUND_A_REQUEST;
  const engineGb = (requests * (perRequest + perResponse)) / GB;
  // Neither streams: the text is in one JSON document.
  const perStored = (promptTokens + completionTokens) * BYTES_PER_PROMPT_TOKEN + BYTES_AROUND_A_REQUEST;
  const slices = (requests * BATCH_SHARE) / LINES_PER_SLICE;
  const batchFileGb = (requests * BATCH_SHARE * perStored * FILE_MONTHS) / GB;
  const batchFileWrites = slices * WRITES_PER_SLICE;
  const requestsPerSecond = requests / SECONDS_PER_MONTH;
  return {
    requests,
    responseGb: (requests * perResponse) / GB,
    engineGb,
    accessLogGb: (requests * ACCESS_LOG_BYTES) / GB,
    gatewayLogGb: (requests * GATEWAY_LOG_BYTES) / GB,
    functionLogGb: (requests * FUNCTION_LOG_BYTES) / GB,
    flowLogGb: (requests * FLOW_LOG_BYTES) / GB,
    loadBalancerLogGb: (requests * LOAD_BALANCER_LOG_BYTES) / GB,
    loadBalancerUnits: Math.max(
      requestsPerSecond / UNIT.newConnections,
      (requestsPerSecond * SECONDS_PER_RESPONSE) / UNIT.openConnections,
      engineGb / HOURS_PER_MONTH / UNIT.gbPerHour,
    ),
    siteGb: (siteVisitsPerMonth * SITE_BYTES) / GB,
    siteRequests: siteVisitsPerMonth * SITE_FILES,
    storedResponseUnits: requests * STORED_SHARE * Math.ceil(perStored / 1024),
    batchUnits: slices * UNITS_PER_SLICE,
    batchFileGb,
    batchFileWrites,
    heldFileGb: batchFileGb * heldShare,
    heldFileWrites: batchFileWrites * heldShare,
  };
}
