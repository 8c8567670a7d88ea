/** Reasons that several rows share, by cell. `applyTest`; the first also in `leftovers`. */
export const NO_APPLIED_ENVIRONMENT =
  "neither dev nor prod has it, and only these two are applied; the stack's test covers it";
export const CONNECTS_TWO = "it connects two resources and has no other settings; the second plan reads both ends";
export const RUN_BY_TWIN_TESTS = "the emulators only store its settings; the twin's tests run them";
export const READ_BY_SECOND_PLAN = "the second plan reads all of its settings, and the construct's test checks them";

/** `leftovers` */
export const PART_OF_LISTED = "it is a part or a setting of a resource that is checked, and is deleted with it";
export const PART_OF_VPC = "AWS deletes no VPC that still has one, and VPCs are checked";

/** `cost` */
export const FREE = "AWS charges nothing for it (price list of the service)";
export const PAID_WITH_ITS_RESOURCE = "the cost item of the resource that it belongs to covers it";
export const UNDER_A_CENT =
  "events of AWS's services, mail of alarms and budgets without actions cost nothing or less than a cent a month";

export const PAID_BY_QUERIES = "AWS charges for what queries read (5 dollars a terabyte), and only people send queries";
export const PAID_BY_AUDIT_EVENTS =
  "Firehose charges 0.029 dollars a gigabyte and counts 5 kB for an event: a cent for 69,000 events";
export const PAID_BY_ACTIVE_PEOPLE =
  "Cognito (plan Essentials) charges 0.015 dollars a month for each person who signs in, from the 10,001st on";

/** `encryption` */
export const SETTINGS_ONLY = "it holds settings only, neither prompts nor completions nor keys";
export const NOTHING_STORED = "it stores no data that passes through it; the construct's test checks TLS";
export const STORED_ELSEWHERE = "the bucket or log group of its data is checked";

/** `twin` */
export const NO_PERMISSIONS = "permissions are not enforced on one machine";
export const NO_NETWORK = "every process is on the loopback address";
export const NO_LOCAL_ENCRYPTION = "local files are not encrypted";
export const BUCKET_SETTING = "a setting of a bucket that only this machine reads";
export const NO_TLS = "TLS ends at AWS; the loopback is plain HTTP";
export const LOCAL_PORT = "the API is served on its local port";
export const NO_QUERIES = "no query engine runs on this machine; the files are Parquet, which DuckDB and others read";
export const NO_MAIL = "no mail leaves this machine";

/** `deploy` */
export const OPERATOR_APPLIES = "the bootstrap stack has it, and an operator with other permissions applies that";
