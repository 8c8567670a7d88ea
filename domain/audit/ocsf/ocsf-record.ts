/** Version of the Open Cybersecurity Schema Framework whose classes the events have: https://schema.ocsf.io/1.8.0 */
export const OCSF_VERSION = "1.8.0";

/** An OCSF class of which audit events are. */
export interface OcsfClass {
  readonly uid: number;
  readonly name: string;
  readonly category: { readonly uid: number; readonly name: string };
  /** Ids of its activities, by their captions. */
  readonly activities: Readonly<Record<string, number>>;
}

const IAM = { uid: 3, name: "Identity & Access Management" };
const OTHER = 99;

/** The classes, with those of their activities that audit events are. */
export const OCSF_CLASSES = {
  accountChange: {
    uid: 3001,
    name: "Account Change",
    category: IAM,
    activities: { Create: 1, Delete: 6, Other: OTHER },
  },
  authentication: { uid: 3002, name: "Authentication", category: IAM, activities: { Logon: 1 } },
  entityManagement: {
    uid: 3004,
    name: "Entity Management",
    category: IAM,
    activities: { Create: 1, Read: 2, Update: 3, Delete: 4, Other: OTHER },
  },
  userAccess: {
    uid: 3005,
    name: "User Access Management",
    category: IAM,
    activities: { "Assign Privileges": 1, "Revoke Privileges": 2 },
  },
  groupManagement: {
    uid: 3006,
    name: "Group Management",
    category: IAM,
    activities: {
      "Assign Privileges": 1,
      "Revoke Privileges": 2,
      "Add User": 3,
      "Remove User": 4,
      Delete: 5,
      Create: 6,
      Other: OTHER,
    },
  },
  apiActivity: {
    uid: 6003,
    name: "API Activity",
    category: { uid: 6, name: "Application Activity" },
    activities: { Create: 1, Read: 2, Update: 3, Delete: 4, Other: OTHER },
  },
} as const satisfies Readonly<Record<string, OcsfClass>>;

export type OcsfClassId = keyof typeof OCSF_CLASSES;
export type OcsfActivity<C extends OcsfClassId> = keyof (typeof OCSF_CLASSES)[C]["activities"] & string;

/** OCSF's user. `type_id`: 0 unknown, 1 a user, 4 a service. */
export interface OcsfUser {
  readonly uid: string;
  readonly email_addr?: string;
  readonly type_id: 0 | 1 | 4;
  /** Id of the admin key that the user sent. */
  readonly credential_uid?: string;
}

interface OcsfGroup {
  readonly uid: string;
  readonly name?: string;
}

interface OcsfEntity {
  readonly uid: string;
  readonly name?: string;
  readonly type: string;
}

/** What a class has beyond the fields of all classes. */
export interface OcsfDetails {
  readonly user?: OcsfUser;
  readonly group?: OcsfGroup;
  readonly entity?: OcsfEntity;
  readonly privileges?: readonly string[];
  readonly service?: { readonly name: string };
  readonly src_endpoint?: { readonly ip: string } | { readonly name: string };
  readonly api?: {
    readonly operation: string;
    readonly service: { readonly name: string };
    readonly request: { readonly uid: string };
    readonly response: { readonly error: string; readonly error_message: string };
  };
  readonly status_code?: string;
  readonly status_detail?: string;
  /** Refusals that the record is for. */
  readonly count?: number;
}

/** A record of OCSF, one line of an export. */
export interface OcsfRecord extends OcsfDetails {
  readonly category_uid: number;
  readonly category_name: string;
  readonly class_uid: number;
  readonly class_name: string;
  readonly activity_id: number;
  readonly activity_name: string;
  readonly type_uid: number;
  readonly type_name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly severity_id: number;
  readonly severity: string;
  readonly status_id: 1 | 2;
  readonly status: "Success" | "Failure";
  readonly message: string;
  readonly actor: { readonly user: OcsfUser };
  readonly metadata: {
    readonly version: typeof OCSF_VERSION;
    readonly product: { readonly name: string; readonly vendor_name: string };
    /** Id of the audit event: the same event that is delivered twice has the same. */
    readonly uid: string;
    readonly event_code: string;
    readonly log_name: string;
    /** The organisation. */
    readonly tenant_uid: string;
    /** Of the event in the organisation's audit trail, from 1. */
    readonly sequence: number;
    /** Id of the refused request. */
    readonly correlation_uid?: string;
  };
  /** SHA-256 of the entry in the audit trail, which the next entry or a signed head has. */
  readonly raw_data_hash: { readonly algorithm: "SHA-256"; readonly algorithm_id: 3; readonly value: string };
  /** The event's own payload, and its project. */
  readonly unmapped: Readonly<Record<string, unknown>>;
}
